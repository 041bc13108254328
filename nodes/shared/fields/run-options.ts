import type { INodeProperties } from 'n8n-workflow';
import type { ParameterReader } from '../items';
import { readNumericOption } from './numeric-option';

const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_TIMEOUT_SECONDS = 3_600;
const DEFAULT_AT_ONCE = 4;
const MAX_AT_ONCE = 64;

/** The options that every operation has that sends. */
export interface RunOptions {
	/** Milliseconds for a request. */
	timeout: number;
	/** Requests, or items, at once. */
	concurrency: number;
}

/** The option `timeout`, in seconds. */
export function timeoutOption(description: string): INodeProperties {
	return {
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_TIMEOUT_SECONDS },
		default: DEFAULT_TIMEOUT_SECONDS,
		description,
	};
}

/** An option that says how many of something are in use at once. */
export function atOnceOption(
	displayName: string,
	name: string,
	description: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_AT_ONCE },
		default: DEFAULT_AT_ONCE,
		description,
	};
}

/** How many requests, or items, are in progress at once. */
export function concurrencyOption(description: string): INodeProperties {
	return atOnceOption('Concurrency', 'concurrency', description);
}

/** The "Options" collection of an operation, in the order of their titles. */
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

/** The choice between our names and types, and what the partner sent. */
export function outputField(descriptions: { simplified: string; raw: string }): INodeProperties {
	return {
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{ name: 'Simplified', value: 'simplified', description: descriptions.simplified },
			{ name: 'Raw', value: 'raw', description: descriptions.raw },
		],
		default: 'simplified',
		description: 'Which form the output has',
	};
}

/** Whether what the partner sent is to be given as it came. */
export function isRawWanted(parameter: ParameterReader): boolean {
	return parameter('output', 0, 'simplified') === 'raw';
}

/**
 * Reads the options that all operations have. They hold for the whole run, so the first item
 * decides.
 *
 * @throws InputError for a value that makes no sense
 */
export function readRunOptions(parameter: ParameterReader): RunOptions {
	return {
		timeout: readNumericOption(parameter, timeoutOption('')) * 1000,
		concurrency: readAtOnce(parameter, concurrencyOption('')),
	};
}

/**
 * Reads an {@link atOnceOption}.
 *
 * @throws InputError for a value that makes no sense
 */
export function readAtOnce(parameter: ParameterReader, option: INodeProperties): number {
	return Math.floor(readNumericOption(parameter, option));
}
