import { InputError } from '../../../shared/errors';
import { titleOf } from '../../../shared/fields';
import { startingTrigger } from '../../../shared/webhook';
import { readPhoneHash } from '../../protocol';
import { ELEKTRIK_RESPOND } from '../../server/respond-message';
import type { ElektrikRun } from '../operation';

/** What the field holds from the start: the hash that a trigger of the usual name emitted. */
export const TRIGGER_HASH = "={{ $('Elektrik.ru Trigger').first().json.phoneHash }}";

/** A value of the item itself, as it is dragged from the input. */
const OF_THE_ITEM = /\$json/;
/** In such an expression a value can differ from item to item. */
const VARIES_BY_ITEM = /\$json|\$binary|\$data|\$item|\$position|\$node\b|\$self|item/i;

/**
 * Reads the hash to look for. An Elektrik.ru Trigger that started the execution decides: with a field
 * dragged from a table, the hash would be that of the first row, and the portal would get the points of
 * another person.
 *
 * @throws InputError for a hash that is not the trigger's, for one that differs between the items
 *   where no such trigger started the execution, and for what is no hash
 */
export function readWantedHash(run: ElektrikRun): string {
	const raw: unknown = run.node.getNodeParameter('phoneHash', 0, '', { rawExpressions: true });
	const trigger = startingTrigger(run.node, ELEKTRIK_RESPOND.trigger);
	const emitted = trigger?.item && readPhoneHash(trigger.item.json.phoneHash);
	// Left as it was, it means the trigger, whatever its name is.
	if (emitted !== undefined && raw === TRIGGER_HASH) return emitted;
	const title = `The field ${titleOf(run.fields, 'phoneHash')}`;
	const hash = readPhoneHash(run.parameter('phoneHash', 0));
	if (hash === undefined) {
		throw new InputError(
			`${title} is not an md5 hash of 32 hex digits`,
			'Take the phoneHash that the Elektrik.ru Trigger gives.',
		);
	}
	if (emitted !== undefined && trigger && hash !== emitted) {
		throw new InputError(
			`${title} is not the hash that "${trigger.name}" received, so the portal would get the points of another electrician`,
			`Set the field to the expression ${expressionFor(trigger.name)}. A field of the input rows is the hash of the row.`,
		);
	}
	// What a trigger emitted is the same for all items; to evaluate it for 100,000 takes a minute.
	const pattern = emitted === undefined ? VARIES_BY_ITEM : OF_THE_ITEM;
	const other = isExpression(raw, pattern) ? firstOther(run, hash) : undefined;
	if (other !== undefined) {
		throw new InputError(
			`${title} differs between the input items: item 0 and item ${other}`,
			'One electrician is looked for among all items. Take the hash from the request, not from the rows.',
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

/** The first item for which the field has another value. */
function firstOther(run: ElektrikRun, hash: string): number | undefined {
	for (let item = 1; item < run.items.length; item++) {
		if (readPhoneHash(run.parameter('phoneHash', item)) !== hash) return item;
	}
	return undefined;
}
