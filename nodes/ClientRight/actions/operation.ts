import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import * as shared from '../../shared/fields';
import {
	columnsOf,
	dataModeFields,
	definedBelow,
	isAutoMapped,
	lockNotice,
} from '../../shared/fields';
import { type HttpClient, isPlainHttp } from '../../shared/http';
import { describeItems, type ParameterReader } from '../../shared/items';
import type { WebserviceClient } from '../client/client';
import { type ClientRightCredential, fingerprint } from '../client/credential';
import {
	type DocumentedField,
	type DocumentedFields,
	type FieldTable,
	namesOf,
	type WritingRules,
} from '../wire/records';
import { day } from '../wire/text-values';
import { amount, type ValueWriter, yesNo } from '../wire/values';
import { recordPicker } from './locator';

export { withInputErrors } from '../../shared/fields';

/** What an operation works with. */
export interface ClientRightRun {
	node: IExecuteFunctions;
	items: INodeExecutionData[];
	/** The fields of the operation, whose labels the errors use. */
	fields: readonly INodeProperties[];
	client: WebserviceClient;
	hints: RunHints;
	/** The HTTP client for downloads, which are not web service calls. */
	send: HttpClient;
	credential: ClientRightCredential;
	parameter: ParameterReader;
	rules: WritingRules;
	/** Milliseconds for a request. */
	timeout: number;
	/** The number of requests in parallel. */
	concurrency: number;
	/** Whether to return the CRM's response as received. */
	raw: boolean;
}

/** An operation: its fields in the editor, and its function. */
export interface ClientRightOperation {
	fields: INodeProperties[];
	execute(run: ClientRightRun): Promise<INodeExecutionData[]>;
}

/**
 * Creates a reader of an operation's values, from the items' properties or from the fields of the node, where
 * mandatory fields are separate and the others are in "Additional Fields".
 *
 * @returns a function that returns the values of an item by our field names
 */
export function inputOf(run: ClientRightRun, table: FieldTable): (item: number) => IDataObject {
	const { required, optional } = namesOf(table);
	if (isAutoMapped(run.parameter)) {
		const names = [...required, ...optional];
		return (item) => columnsOf(run.items[item]!.json, names);
	}
	return (item) => {
		const values = required.map((name) => [name, run.parameter(name, item, '')]);
		return {
			...(run.parameter('additionalFields', item, {}) as IDataObject),
			...(Object.fromEntries(values) as IDataObject),
		};
	};
}

/** How the editor takes values that are not text, by how they are written on the wire. */
const INPUTS = new Map<ValueWriter, Pick<INodeProperties, 'type' | 'typeOptions' | 'default'>>([
	[amount, { type: 'number', typeOptions: { minValue: 0 }, default: 0 }],
	[day, { type: 'dateTime', typeOptions: { dateOnly: true }, default: '' }],
	[yesNo, { type: 'boolean', default: false }],
]);

function inEditor(
	name: string,
	{ displayName, description, placeholder, rows, write, mandatory, idOf }: DocumentedField,
): INodeProperties {
	if (idOf) {
		const { module, ...words } = idOf;
		const searchListMethod = `search${module}`;
		const shown = { displayName, name, description, ...(mandatory && { required: mandatory }) };
		return recordPicker({ ...shown, ...words, searchListMethod }, module);
	}
	const input = INPUTS.get(write) ?? { type: 'string', default: '' };
	return {
		displayName,
		name,
		...input,
		default: input.default,
		...(rows !== undefined && { typeOptions: { rows } }),
		...(mandatory && { required: true }),
		...(placeholder !== undefined && { placeholder }),
		description,
	};
}

/**
 * The fields of a documented operation in the editor, as {@link inputOf} reads them.
 *
 * @param first the mandatory ones in their order in the editor, if it is not that of the document
 */
export function documentedFields(
	table: DocumentedFields,
	first: readonly string[] = namesOf(table).required,
): INodeProperties[] {
	const additional = namesOf(table)
		.optional.map((name) => inEditor(name, table[name]!))
		.sort((a, b) => a.displayName.localeCompare(b.displayName, 'en'));
	const fields = first.map((name) => inEditor(name, table[name]!));
	if (additional.length > 0) {
		fields.push({
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: additional,
		});
	}
	return [...dataModeFields(namesOf(table)), ...fields.map(definedBelow)];
}

/** The scope of locks in Redis is a user and its access key, as for sessions, see `BusySession`. */
export function locksOf({ credential, timeout }: ClientRightRun): {
	secret: string;
	timeout: number;
} {
	return { secret: fingerprint(credential), timeout };
}

export const timeoutOption = shared.timeoutOption(
	'How long to wait for a response from the CRM. Defaults to 30.',
);

export const concurrencyOption = shared.concurrencyOption(
	'How many items to process in parallel. Items with the same mobile number or INN are still sent one after another. Defaults to 4.',
);

const sessions = shared.concurrencyLimitOption(
	'Sessions',
	'sessions',
	'Maximum number of CRM sessions to use at once. A session handles one request at a time, so a higher concurrency has no effect. Defaults to 4.',
);

const newSessionPerExecution: INodeProperties = {
	displayName: 'New Session per Execution',
	name: 'newSessionPerExecution',
	type: 'boolean',
	default: false,
	description:
		'Whether to log in again in each execution, as the CRM’s document recommends. Otherwise, sessions are reused for up to 14 minutes after their last use.',
};

/** The options of an operation that calls the web service in a session. */
export const callOptions: readonly INodeProperties[] = [
	concurrencyOption,
	newSessionPerExecution,
	sessions,
	timeoutOption,
];

export const validateChecksumsOption: INodeProperties = {
	displayName: 'Validate Checksums',
	name: 'validateChecksums',
	type: 'boolean',
	default: false,
	description:
		'Whether to check the control digits of INN and OGRN, and the length of the OGRN (контрольные числа ИНН и ОГРН)',
};

/** Whether to return our names and types, or what the CRM sent. */
export const outputField = shared.outputField({
	simplified: 'Only the essential fields, with readable names',
	raw: 'The response as the CRM sent it',
});

/** The options about sessions, which apply to the whole run. */
export interface SessionOptions {
	/** The most sessions at the same time. */
	sessions: number;
	newSessionPerExecution: boolean;
}

/** Reads the options about sessions. @throws InputError for a value outside of its limits */
export function readSessionOptions(parameter: ParameterReader): SessionOptions {
	return {
		sessions: shared.readConcurrencyLimit(parameter, sessions),
		newSessionPerExecution: parameter('options.newSessionPerExecution', 0, false) === true,
	};
}

const PLAIN_HTTP =
	'The URL in the credential begins with http://, so personal data and sessions are sent unencrypted. Use https:// if the CRM supports it.';
const PRINTED_AROUND =
	'The CRM prints extra text around its responses, most likely PHP warnings. The node ignored it. Ask the operator of the CRM to turn off display_errors.';

/** Hints for the user in the editor, each shown once per run. */
export interface RunHints {
	onConnection: (credential: ClientRightCredential) => void;
	onPrintedAround: () => void;
	/** @param items the items with text that the CRM cannot store */
	onUnstorable: (items: readonly number[]) => void;
}

/** The hints of a run, which n8n shows next to its output. */
export function hintsOf(node: IExecuteFunctions): RunHints {
	let printedAround = false;
	const add = (message: string) => node.addExecutionHints({ message, location: 'outputPane' });
	return {
		onConnection(credential) {
			if (isPlainHttp(credential)) add(PLAIN_HTTP);
		},
		onPrintedAround() {
			if (!printedAround) add(PRINTED_AROUND);
			printedAround = true;
		},
		onUnstorable(items) {
			if (items.length > 0) add(unstorable(items));
		},
	};
}

function unstorable(items: readonly number[]): string {
	return `The texts of ${describeItems(items)} contain emoji or other characters that the CRM cannot store (its tables are utf8mb3): it saves ???? instead and reports success. Remove them first.`;
}

/**
 * Returns a notice about how an upsert finds its record, and about fields that it may clear: vtiger passes a
 * field that was not sent to the CRM's own code as an empty one.
 */
export function upsertNotices(record: string, key: string): INodeProperties[] {
	const blanking: INodeProperties = {
		displayName: `If a ${record} with this <b>${key}</b> exists, the CRM updates it and may clear fields you leave out. Send every field that must be kept.`,
		name: 'blankingNotice',
		type: 'notice',
		default: '',
	};
	return [
		blanking,
		lockNotice(`two that send the same new ${key} at the same time create two records`),
	];
}
