import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../errors';
import type { ParameterReader } from '../items';

/** Shows fields only for one operation of a resource. */
export function shownFor(
	resource: string,
	operation: string,
	fields: readonly INodeProperties[],
): INodeProperties[] {
	return fields.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { resource: [resource], operation: [operation], ...field.displayOptions?.show },
		},
	}));
}

/**
 * The text below a node on the canvas: its operation and its resource, such as "Update Points: User". The
 * operation's value alone would read "updatePoints", or "getAll" and "upsert" where the panel has Get Many
 * and Create or Update.
 */
export const OPERATION_SUBTITLE =
	'={{ $parameter["operation"].replace("getAll", "getMany").replace("upsert", "createOrUpdate").replace(/[A-Z]/g, " $&").replace(" Or ", " or ").replace(/^./, (first) => first.toUpperCase()) + ": " + $parameter["resource"].replace(/[A-Z]/g, " $&").replace(/^./, (first) => first.toUpperCase()) }}';

/**
 * Returns the name of a field for an error: its label in the editor, then its name in input items and
 * expressions. A name without a field, such as that of a user's own column, has no label.
 *
 * @param fields the fields in the description of the operation or the trigger
 */
export function fieldLabel(fields: readonly INodeProperties[], name: string): string {
	const label = labelIn(fields, name);
	return label === undefined ? `"${name}"` : `'${label}' (${name})`;
}

/** Finds a label, also in collections. */
function labelIn(fields: readonly INodeProperties[], name: string): string | undefined {
	const own = fields.find((field) => field.name === name);
	if (own) return own.displayName;
	for (const { options = [] } of fields) {
		for (const option of options) {
			const inner = 'values' in option ? option.values : 'type' in option ? [option] : [];
			const label = labelIn(inner, name);
			if (label !== undefined) return label;
		}
	}
	return undefined;
}

/**
 * Reads a numeric option. It applies to the whole run, so the first item decides.
 *
 * @param option its field, which has the default and the limits
 * @throws InputError for a value that is not a number within the limits
 */
export function readNumericOption(parameter: ParameterReader, option: INodeProperties): number {
	const { name, default: preset, typeOptions: { minValue = 0, maxValue = Infinity } = {} } = option;
	const value = Number(parameter(`options.${name}`, 0, preset));
	if (!(value >= minValue && value <= maxValue)) {
		throw new InputError(
			`The option ${fieldLabel([option], name)} must be a number from ${minValue} to ${maxValue}`,
		);
	}
	return value;
}

/** The fields for the number of results of a list: all, or up to a limit. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/**
 * Reads {@link limitFields} of an item.
 *
 * @returns the number of results, `Infinity` for all
 * @throws InputError for a value that is not a whole number of 1 or more
 */
export function readLimit(parameter: ParameterReader, item: number): number {
	if (parameter('returnAll', item, false)) return Number.POSITIVE_INFINITY;
	const given = parameter('limit', item, 50);
	// An expression may return any value, and an invalid limit would leave no result.
	const limit = given === null || given === '' ? Number.NaN : Number(given);
	if (Number.isInteger(limit) && limit >= 1) return limit;
	throw new InputError(
		`The field ${fieldLabel(limitFields, 'limit')} must be a whole number, 1 or more`,
		"Correct the number or its expression, or turn on 'Return All'.",
	);
}

const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_TIMEOUT_SECONDS = 3_600;
const DEFAULT_AT_ONCE = 4;
const MAX_AT_ONCE = 64;

/** The options of every operation that sends requests. */
export interface RunOptions {
	/** Milliseconds for a request. */
	timeout: number;
	/** The number of requests, or items, in parallel. */
	concurrency: number;
}

/** Returns the option `timeout`, in seconds. */
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

/** Returns an option for how many of something are in use in parallel. */
export function concurrencyLimitOption(
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

/** Returns the option for how many requests, or items, are in progress in parallel. */
export function concurrencyOption(description: string): INodeProperties {
	return concurrencyLimitOption('Concurrency', 'concurrency', description);
}

/** Returns the "Options" collection of an operation, in the order of the labels. */
export function optionsField(...options: readonly INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: options.toSorted((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

/** Returns the field that chooses between our names and types, and what the partner sent. */
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
		description: 'Format of the output',
	};
}

/** Whether to return what the partner sent, unchanged. */
export function isRawOutput(parameter: ParameterReader): boolean {
	return parameter('output', 0, 'simplified') === 'raw';
}

/**
 * Reads the options that all operations have. They apply to the whole run, so the first item decides.
 *
 * @throws InputError for a value outside of its limits
 */
export function readRunOptions(parameter: ParameterReader): RunOptions {
	return {
		timeout: readNumericOption(parameter, timeoutOption('')) * 1000,
		concurrency: readConcurrencyLimit(parameter, concurrencyOption('')),
	};
}

/**
 * Reads a {@link concurrencyLimitOption}.
 *
 * @throws InputError for a value outside of its limits
 */
export function readConcurrencyLimit(parameter: ParameterReader, option: INodeProperties): number {
	return Math.floor(readNumericOption(parameter, option));
}

/** The option for which processes wait for each other's writes to one record. */
export const lockOption: INodeProperties = {
	displayName: 'Lock Records In',
	name: 'lock',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Memory',
			value: 'memory',
			description: 'In the memory of this n8n process, which does not wait for others',
		},
		{
			name: 'Redis',
			value: 'redis',
			description:
				'Shared by all n8n processes, for queue mode. If Redis is unavailable, nothing is sent.',
		},
	],
	default: 'memory',
	description:
		"Where to hold the locks that make items and executions about the same record wait for each other. In queue mode choose Redis, in every workflow that writes these records. Defaults to 'Memory'.",
};

/** The parameters with which n8n shows the Redis credential. */
export const LOCKED_IN_REDIS = { '/options.lock': ['redis'] };

/** Returns a notice about what two n8n processes can do to one record, shown until the lock is in Redis. */
export function lockNotice(consequence: string): INodeProperties {
	return {
		displayName: `In queue mode, n8n processes do not wait for each other: ${consequence}. To prevent this, add the option <b>Lock Records In</b> and choose Redis.`,
		name: 'lockNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: LOCKED_IN_REDIS },
	};
}

/**
 * Whether records are locked in Redis.
 *
 * @throws InputError for a value that is not in the list: using the default instead could create duplicates
 */
export function isLockedInRedis(parameter: ParameterReader): boolean {
	const value = parameter(`options.${lockOption.name}`, 0, lockOption.default);
	if (value === 'redis' || value === 'memory') return value === 'redis';
	throw new InputError(
		'The option "Lock Records In" (lock) must be "memory" or "redis"',
		'Choose a value from the list.',
	);
}

/** Returns a credential's notice about the consequence of a URL without encryption. */
export function plainHttpNotice(consequence: string): INodeProperties {
	return {
		displayName: `A URL that begins with http:// ${consequence}. Use https:// except for tests.`,
		name: 'plainHttpNotice',
		type: 'notice',
		default: '',
		// It has no regular expression: n8n evaluates one for every node that reads the credential, and
		// fails the execution if that takes 250 ms, as it may on a busy machine.
		displayOptions: {
			show: {
				url: ['http:', 'HTTP:', 'Http:', ' http:'].map((start) => ({
					_cnd: { startsWith: start },
				})),
			},
		},
	};
}

/** Returns a credential's notice with a link to its Russian page. n8n's own link leads to the English one. */
export function russianPageNotice(address: string): INodeProperties {
	return {
		displayName: `<a href="${address}" target="_blank">Описание на русском языке</a>`,
		name: 'russianPageNotice',
		type: 'notice',
		default: '',
	};
}

/** Returns a notice that an operation is not suitable as the tool of an AI agent. */
export function toolNotice(reason: string): INodeProperties {
	return {
		displayName: `Not for an AI agent: ${reason}`,
		name: 'toolNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '@tool': [true] } },
	};
}
