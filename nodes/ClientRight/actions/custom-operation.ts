import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import { fieldLabel, optionsField, outputField, shownFor, toolNotice } from '../../shared/fields';
import { prepareItems, runItems } from '../../shared/items';
import { isObject } from '../../shared/wire';
import { sendable } from '../../shared/wire/text';
import type { CallMethod, WebserviceCall } from '../client/exchange';
import { withResultErrors } from '../client/failures';
import type { WireFields } from '../wire/envelope';
import { isKnownRead, methodOf } from '../wire/operations';
import { holdsUnstorable } from '../wire/records';
import { refuseUndone } from '../wire/results';
import { callOptions, type ClientRightOperation, type ClientRightRun } from './operation';
import { valueOf } from './record/read';

const LOGIN_OPERATIONS = new Set(['getchallenge', 'login']);
/** Parameters that the node sets itself, in lower case. */
const PROTECTED = new Set(['operation', 'sessionid', 'sessionname']);
/**
 * The allowed characters of names. PHP ends a name at a NUL, and MySQL ignores accents, so other characters could
 * bypass the check of protected names.
 */
const NAME = /^[A-Za-z0-9_.]+$/;
/** The number of a name's characters that are shown. */
const SHOWN = 40;
const NAME_ADVICE = 'Use only Latin letters A to Z, digits, "_" and "." in names.';

/**
 * @param fields of the operation, for errors
 * @throws InputError when there is none, when it is no name, or when it would spoil the node's own logins
 */
function readOperationName(fields: readonly INodeProperties[], value: unknown): string {
	const name = typeof value === 'string' ? value.trim() : '';
	if (name === '') {
		throw new InputError(
			`The field ${fieldLabel(fields, 'operationName')} is missing`,
			'Enter the name of the operation to call.',
		);
	}
	if (!NAME.test(name)) {
		throw new InputError(
			`The field ${fieldLabel(fields, 'operationName')} is not a name of an operation`,
			NAME_ADVICE,
		);
	}
	if (LOGIN_OPERATIONS.has(name.toLowerCase())) {
		throw new InputError(
			`The operation "${name}" cannot be called with Custom Operation: Call`,
			"The node logs in by itself. To open a session for your own requests, use 'Session: Log In'.",
		);
	}
	return name;
}

/**
 * Reads the parameters of any operation, changing nothing about them.
 *
 * @param fields of the operation, for errors
 * @param value a JSON object or its text
 * @throws InputError for anything else, and for names that belong to the node
 */
function readParameters(fields: readonly INodeProperties[], value: unknown): WireFields {
	const title = fieldLabel(fields, 'parameters');
	const parameters = typeof value === 'string' ? parse(value) : value;
	if (!isObject(parameters)) {
		throw new InputError(
			`The field ${title} is not a JSON object`,
			'Write it in braces, for example { "elementType": "Contacts" }.',
		);
	}
	const written: Record<string, string> = {};
	for (const [name, parameter] of Object.entries(parameters)) {
		if (PROTECTED.has(nameForPhp(name))) {
			throw new InputError(
				`The field ${title} must not contain "${name}"`,
				'Remove it: the node sets the operation and the session itself.',
			);
		}
		if (!NAME.test(name)) {
			throw new InputError(
				`The field ${title} must not contain the name ${JSON.stringify(name.slice(0, SHOWN))}`,
				NAME_ADVICE,
			);
		}
		if (parameter !== null && parameter !== undefined) written[name] = parameterText(parameter);
	}
	return written;
}

/** Normalizes a name: PHP reads ` sessionName` and `sessionName[]` into the same variable. */
function nameForPhp(name: string): string {
	return (name.split('[')[0] ?? '').trim().toLowerCase();
}

/** Removes control characters that vtiger 8.4 would return unescaped. */
function parameterText(value: unknown): string {
	if (typeof value === 'string') return sendable(value);
	return JSON.stringify(value, (_, part: unknown) => cleaned(part));
}

function cleaned(part: unknown): unknown {
	if (typeof part === 'string') return sendable(part);
	if (!isObject(part)) return part;
	return Object.fromEntries(Object.entries(part).map(([name, value]) => [sendable(name), value]));
}

function parse(text: string): unknown {
	try {
		return text.trim() === '' ? {} : JSON.parse(text);
	} catch {
		return undefined;
	}
}

const fields: INodeProperties[] = [
	toolNotice('its model could change or delete anything that the credential’s user may'),
	{
		displayName: 'Operation Name',
		name: 'operationName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. query',
		description:
			'Name of the CRM’s operation (operation). The most common is query: with the parameters {"query": "SELECT * FROM Contacts LIMIT 10;"} it returns records.',
	},
	{
		displayName: 'HTTP Method',
		name: 'httpMethod',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'automatic',
				description:
					'The right one for operations of vtiger and ClientRight. For others, a POST with the parameters in both places, which works for operations of either method.',
			},
			{
				name: 'GET',
				value: 'GET',
				description: 'With the parameters in the URL, for operations that read',
			},
			{
				name: 'POST',
				value: 'POST',
				description:
					'With the parameters in the body alone, for operations that change something. Keeps them out of the logs of web servers.',
			},
		],
		default: 'automatic',
		description:
			'HTTP method that the operation is registered with. With the wrong one, the CRM reports no error, but all parameters arrive empty.',
	},
	{
		displayName: 'Parameters',
		name: 'parameters',
		type: 'json',
		default: '{}',
		required: true,
		description:
			'Parameters as a JSON object. Values are sent unchanged, objects and lists as JSON. Null values are not sent. Write zero as "0.0": the CRM receives 0 as an empty value.',
	},
];

const ownOutputField = outputField({
	simplified: 'Only the result',
	raw: 'The whole response, with success and result',
});

const listsAsItems: INodeProperties = {
	displayName: 'Lists as Items',
	name: 'listsAsItems',
	type: 'boolean',
	default: false,
	description:
		'Whether a result that is a list comes out as one item per entry. Entries that are no objects come out as {"result": …}. The output must be simplified.',
};

/** `operation.call`: any operation, for what a CRM has beyond docs/protocols/clientright.md. */
export const call: ClientRightOperation = {
	fields: shownFor('operation', 'call', [
		...fields,
		ownOutputField,
		optionsField(...callOptions, listsAsItems),
	]),

	async execute(run) {
		const given = prepareItems(run.node, (item) => readCall(run, item));
		const splits = !run.raw && run.parameter('options.listsAsItems', 0, false) === true;
		const output = await runItems<WebserviceCall>(
			run.node,
			{
				// What other operations do is not known here, so none is executed twice.
				isWrite: given.some((item) => item.done && !isKnownRead(item.value.operation)),
				prepare: (item) => valueOf(given[item]!),
				carryOut: async (wanted, signal) => {
					const effect = isKnownRead(wanted.operation) ? 'read' : 'write';
					const { result, raw } = await run.client.call(wanted, { effect, signal });
					withResultErrors(() => refuseUndone(wanted.operation, result));
					if (run.raw) return [raw as IDataObject];
					return splits && Array.isArray(result)
						? result.map(asItem)
						: [{ result: result ?? null }];
				},
			},
			run.concurrency,
		);
		run.hints.onUnstorable(
			given.flatMap((item, index) =>
				item.done && item.value.method !== 'GET' && holdsUnstorableText(item.value) ? [index] : [],
			),
		);
		return output;
	},
};

/** @throws InputError for what cannot be called */
function readCall(run: ClientRightRun, item: number): WebserviceCall {
	const operation = readOperationName(run.fields, run.parameter('operationName', item, ''));
	return {
		operation,
		method: readMethod(run.parameter('httpMethod', item, 'automatic'), operation),
		fields: readParameters(run.fields, run.parameter('parameters', item, '{}')),
	};
}

function readMethod(chosen: unknown, operation: string): CallMethod {
	if (chosen === 'GET' || chosen === 'POST') return chosen;
	return methodOf(operation) ?? 'either';
}

function holdsUnstorableText({ fields }: WebserviceCall): boolean {
	return Object.values(fields).some(holdsUnstorable);
}

function asItem(entry: unknown): IDataObject {
	return (isObject(entry) ? entry : { result: entry ?? null }) as IDataObject;
}

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['operation'] } },
	options: [
		{
			name: 'Call',
			value: 'call',
			action: 'Call custom operation',
			description: 'Call any operation of the CRM with parameters of your own',
		},
	],
	default: 'call',
};

export const operationOperations = { call };

export const operationFields: INodeProperties[] = [operationField, ...call.fields];
