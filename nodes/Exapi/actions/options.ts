import type { INodeProperties } from 'n8n-workflow';
import { readNumericOption } from '../../shared/fields';
import type { ParameterReader } from '../../shared/items';
import type { RunOptions } from './operation';

const DEFAULT_TIMEOUT_SECONDS = 30;
const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 64;

const timeout: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 30,
	description: 'How long to wait for an answer of the CRM',
};

const concurrency: INodeProperties = {
	displayName: 'Concurrency',
	name: 'concurrency',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_CONCURRENCY },
	default: DEFAULT_CONCURRENCY,
	description:
		'How many requests to send at once. The first one goes ahead alone, so that a wrong secret fails once.',
};

/** The "Options" collection of an operation: its own options and those that all have. */
export function optionsField(...own: INodeProperties[]): INodeProperties {
	const options = [...own, timeout, concurrency].sort((a, b) =>
		a.displayName.localeCompare(b.displayName),
	);
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
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
			description: 'Names that explain themselves, numbers as numbers, dates with their offset',
		},
		{ name: 'Raw', value: 'raw', description: 'Names and values as the CRM sent them' },
	],
	default: 'simplified',
	description: 'Which form the output has',
};

/**
 * Reads the options that all operations have. They hold for the whole run, so the first item
 * decides.
 *
 * @throws InputError for a value that makes no sense
 */
export function readRunOptions(parameter: ParameterReader): RunOptions {
	return {
		timeout:
			readNumericOption(parameter, 'timeout', DEFAULT_TIMEOUT_SECONDS, { min: 1, max: 3_600 }) *
			1000,
		concurrency: Math.floor(
			readNumericOption(parameter, 'concurrency', DEFAULT_CONCURRENCY, {
				min: 1,
				max: MAX_CONCURRENCY,
			}),
		),
	};
}
