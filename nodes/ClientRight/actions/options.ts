import type { INodeProperties } from 'n8n-workflow';
import { readNumericOption } from '../../shared/fields';
import type { ParameterReader } from '../../shared/items';

const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_TIMEOUT_SECONDS = 3_600;
const DEFAULT_CONCURRENCY = 4;
const DEFAULT_SESSIONS = 4;
const MAX_AT_ONCE = 64;

export const timeoutOption: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_TIMEOUT_SECONDS },
	default: DEFAULT_TIMEOUT_SECONDS,
	description: 'How long to wait for an answer of the CRM',
};

export const concurrencyOption: INodeProperties = {
	displayName: 'Concurrency',
	name: 'concurrency',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_AT_ONCE },
	default: DEFAULT_CONCURRENCY,
	description:
		'How many items to process at once. Items with the same mobile number or INN still go one after the other.',
};

const newSessionPerExecution: INodeProperties = {
	displayName: 'New Session per Execution',
	name: 'newSessionPerExecution',
	type: 'boolean',
	default: false,
	description:
		'Whether each execution logs in anew, as the CRM’s document recommends. Otherwise sessions are kept and used again for up to 14 minutes after their last use.',
};

const sessions: INodeProperties = {
	displayName: 'Sessions',
	name: 'sessions',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_AT_ONCE },
	default: DEFAULT_SESSIONS,
	description:
		'How many sessions of the CRM to use at once at most. A session carries one request at a time, so a concurrency above this number brings nothing.',
};

/** The options of an operation that calls the web service within a session. */
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
		'Whether to check the control digits of the INN, and length and control digit of the OGRN (контрольные числа ИНН и ОГРН)',
};

export const normalizeMobileOption: INodeProperties = {
	displayName: 'Normalize Mobile',
	name: 'normalizeMobile',
	type: 'boolean',
	default: false,
	description:
		'Whether to send the mobile number as +7XXXXXXXXXX. As typed, +7… and 8… make two contacts in the CRM.',
};

/** The "Options" collection of an operation. */
export function optionsField(...options: readonly INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: options.toSorted((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

/** Whether to give our names and types, or what the CRM sent. */
export const outputField: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Only what the operation is about, under names that explain themselves',
		},
		{ name: 'Raw', value: 'raw', description: 'The answer as the CRM sent it' },
	],
	default: 'simplified',
	description: 'Which form the output has',
};

/** What the options say about the whole run. */
export interface RunOptions {
	/** Milliseconds. */
	timeout: number;
	concurrency: number;
	sessions: number;
	newSessionPerExecution: boolean;
}

/**
 * Reads the options that hold for the whole run.
 *
 * @throws InputError for a value that makes no sense
 */
export function readRunOptions(parameter: ParameterReader): RunOptions {
	const atOnce = (name: string, fallback: number) =>
		Math.floor(readNumericOption(parameter, name, fallback, { min: 1, max: MAX_AT_ONCE }));
	const seconds = readNumericOption(parameter, 'timeout', DEFAULT_TIMEOUT_SECONDS, {
		min: 1,
		max: MAX_TIMEOUT_SECONDS,
	});
	return {
		timeout: seconds * 1000,
		concurrency: atOnce('concurrency', DEFAULT_CONCURRENCY),
		sessions: atOnce('sessions', DEFAULT_SESSIONS),
		newSessionPerExecution: parameter('options.newSessionPerExecution', 0, false) === true,
	};
}
