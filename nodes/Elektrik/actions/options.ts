import type { INodeProperties } from 'n8n-workflow';
import { readNumericOption } from '../../shared/fields';
import type { ParameterReader } from '../../shared/items';

const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_TIMEOUT_SECONDS = 3_600;
const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 64;

/** The options of an operation that sends. */
export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Concurrency',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: MAX_CONCURRENCY },
			default: DEFAULT_CONCURRENCY,
			description:
				'How many requests to send at once. Those for the same phone still go one after the other.',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: MAX_TIMEOUT_SECONDS },
			default: DEFAULT_TIMEOUT_SECONDS,
			description: 'How long to wait for an answer',
		},
	],
};

/** Whether to give our names and types, or what was answered. */
export const outputField: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Only what the operation is about, as numbers and true or false',
		},
		{ name: 'Raw', value: 'raw', description: 'The answer as it came' },
	],
	default: 'simplified',
	description: 'Which form the output has',
};

/** What the options say about the whole run. */
export interface RunOptions {
	/** Milliseconds. */
	timeout: number;
	concurrency: number;
	raw: boolean;
}

/**
 * Reads the options that hold for the whole run.
 *
 * @throws InputError for a value that makes no sense
 */
export function readRunOptions(parameter: ParameterReader): RunOptions {
	const seconds = readNumericOption(parameter, 'timeout', DEFAULT_TIMEOUT_SECONDS, {
		min: 1,
		max: MAX_TIMEOUT_SECONDS,
	});
	const concurrency = readNumericOption(parameter, 'concurrency', DEFAULT_CONCURRENCY, {
		min: 1,
		max: MAX_CONCURRENCY,
	});
	return {
		timeout: seconds * 1000,
		concurrency: Math.floor(concurrency),
		raw: parameter('output', 0, 'simplified') === 'raw',
	};
}
