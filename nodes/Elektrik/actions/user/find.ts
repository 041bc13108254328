import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { errorJson, InputError, toNodeError } from '../../../shared/errors';
import { shownFor, fieldLabel, toolNotice } from '../../../shared/fields';
import { losesErrors } from '../../../shared/items';
import { startingTrigger } from '../../../shared/webhook';
import { hashOfPhone, readPhone, readPhoneHash, readPoints } from '../../protocol';
import { ELEKTRIK_RESPOND } from '../../server/exchange';
import {
	type ElektrikOperation,
	type ElektrikRun,
	fieldReader,
	readFieldName,
	withInputErrors,
} from '../operation';

/** The default of the field: the hash that a trigger with the default name emitted. */
const TRIGGER_HASH = "={{ $('Elektrik.ru Trigger').first().json.phoneHash }}";

/** Matches an expression with a field of the item, as a user drags it from the input. */
const OF_THE_ITEM = /\$json/;
/** Matches an expression whose value can differ between items. */
const VARIES_BY_ITEM = /\$json|\$binary|\$data|\$item|\$position|\$node\b|\$self|item/i;

/**
 * Reads the hash to search for. It must be that of the Elektrik.ru Trigger that started the execution: a
 * field dragged from a table would be the hash of the first row, and the portal would get the points of
 * another person.
 *
 * @throws InputError for a hash that is not the trigger's, for one that differs between the items if no
 *   such trigger started the execution, and for a value that is not a hash
 */
function readWantedHash(run: ElektrikRun): string {
	const raw: unknown = run.node.getNodeParameter('phoneHash', 0, '', { rawExpressions: true });
	const trigger = startingTrigger(run.node, ELEKTRIK_RESPOND.trigger);
	const emitted = trigger?.item && readPhoneHash(trigger.item.json.phoneHash);
	// The unchanged default means the trigger, whatever its name is.
	if (emitted !== undefined && raw === TRIGGER_HASH) return emitted;
	const title = `The field ${fieldLabel(run.fields, 'phoneHash')}`;
	const hash = readPhoneHash(run.parameter('phoneHash', 0));
	if (hash === undefined) {
		throw new InputError(
			`${title} is not an md5 hash of 32 hex digits`,
			'Use the phoneHash that the Elektrik.ru Trigger emitted.',
		);
	}
	if (emitted !== undefined && trigger && hash !== emitted) {
		throw new InputError(
			`${title} is not the hash that "${trigger.name}" received, so the portal would get the points of another electrician`,
			`Set the field to the expression ${expressionFor(trigger.name)}. A field of the input rows is the hash of the row.`,
		);
	}
	// The trigger's output is the same for all items, and evaluating it for 100,000 takes a minute.
	const pattern = emitted === undefined ? VARIES_BY_ITEM : OF_THE_ITEM;
	const other = isExpression(raw, pattern) ? firstOther(run, hash) : undefined;
	if (other !== undefined) {
		throw new InputError(
			`${title} differs between the input items: item 0 and item ${other}`,
			'Use the hash from the request, not from the rows: the node finds one electrician among all items.',
		);
	}
	return hash;
}

function expressionFor(name: string): string {
	return `{{ $('${name.replace(/[\\']/g, '\\$&')}').first().json.phoneHash }}`;
}

function isExpression(raw: unknown, pattern: RegExp): boolean {
	return typeof raw === 'string' && raw.startsWith('=') && pattern.test(raw);
}

/** Finds the first item for which the field has another value. */
function firstOther(run: ElektrikRun, hash: string): number | undefined {
	for (let item = 1; item < run.items.length; item++) {
		if (readPhoneHash(run.parameter('phoneHash', item)) !== hash) return item;
	}
	return undefined;
}

const fields: INodeProperties[] = [
	toolNotice('it searches the items of a workflow, and a tool has none'),
	{
		displayName: 'Phone Hash',
		name: 'phoneHash',
		type: 'string',
		default: TRIGGER_HASH,
		required: true,
		placeholder: "e.g. {{ $('Elektrik.ru Trigger').first().json.phoneHash }}",
		description:
			'The hash that the Elektrik.ru Trigger emitted. Leave it unchanged, even if your trigger has another name. Do not use a field of the input rows: it is the hash of the row, not of the electrician that the portal asks about.',
	},
	{
		displayName: 'Phone Field',
		name: 'phoneField',
		type: 'string',
		default: 'phone',
		required: true,
		requiresDataPath: 'single',
		placeholder: 'e.g. phone or contact.phone',
		description:
			'Name of the input field with the phone in any format, or the path to it. Enter the name, not the phone: it applies to all items.',
	},
	{
		displayName: 'Points Field',
		name: 'pointsField',
		type: 'string',
		default: 'points',
		required: true,
		requiresDataPath: 'single',
		placeholder: 'e.g. points or loyalty.points',
		description: 'Name of the input field with the points, or the path to it',
	},
];

/** The result of a search through the input. */
interface Search {
	/** Positions of the items with the phone. */
	found: number[];
	/** Positions of the items that are not empty but have no readable phone. */
	unreadable: number[];
}

const SHOWN_ITEMS = 5;

/** `user.find`: finds the electrician with a phone hash among all input items. */
export const find: ElektrikOperation = {
	fields: shownFor('user', 'find', fields),

	async execute(run) {
		try {
			return await Promise.resolve([findUser(run)]);
		} catch (cause) {
			const error = toNodeError(run.node.getNode(), cause, 0);
			if (!run.node.continueOnFail() || losesErrors(run.node)) throw error;
			// Return one item: n8n would pass on all input items as if they had been found. It is paired
			// with no item, or n8n would give it the points of that item.
			return [{ json: errorJson(error) }];
		}
	},
};

function findUser(run: ElektrikRun): INodeExecutionData {
	const phoneHash = readWantedHash(run);
	const pointsField = readFieldName(run, 'pointsField');
	const { found, unreadable } = search(run, phoneHash, readFieldName(run, 'phoneField'));
	warnAboutUnreadable(run, unreadable);
	const [first, ...others] = found;
	if (first === undefined) return { json: { exist: false }, pairedItem: { item: 0 } };
	const points = pointsOf(run, first, pointsField);
	for (const other of others) {
		if (pointsOf(run, other, pointsField) === points) continue;
		throw new InputError(
			`Items ${first} and ${other} have the same phone, but different points`,
			'Correct the table, or pass only one row per phone to this node.',
		);
	}
	return { json: { exist: true, points }, pairedItem: { item: first } };
}

function pointsOf(run: ElektrikRun, item: number, pointsField: string): number {
	try {
		return withInputErrors(run.fields, () =>
			readPoints(fieldReader(pointsField)(run.items[item]!.json), pointsField),
		);
	} catch (error) {
		throw toNodeError(run.node.getNode(), error, item);
	}
}

/** Searches without the item loop, so that 100,000 items are searched in one pass. */
function search(run: ElektrikRun, phoneHash: string, phoneField: string): Search {
	const { uid } = run.credential;
	const phoneIn = fieldReader(phoneField);
	const found: number[] = [];
	const unreadable: number[] = [];
	for (const [position, { json }] of run.items.entries()) {
		const phone = readPhone(phoneIn(json));
		if (typeof phone !== 'string') {
			// A lookup that found nothing returns an empty item.
			if (Object.keys(json).length > 0) unreadable.push(position);
		} else if (hashOfPhone(phone, uid) === phoneHash) found.push(position);
	}
	return { found, unreadable };
}

function warnAboutUnreadable({ node, items }: ElektrikRun, unreadable: readonly number[]): void {
	if (unreadable.length === 0) return;
	const shown = unreadable.slice(0, SHOWN_ITEMS).join(', ');
	const more = unreadable.length > SHOWN_ITEMS ? ', …' : '';
	node.addExecutionHints({
		message: `${unreadable.length} of ${items.length} input items have no readable phone (items ${shown}${more}). The node skipped them.`,
		location: 'outputPane',
	});
}
