import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../errors';
import type { ParameterReader } from '../items';

/** Fields shown for one operation of a resource only. */
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
 * What stands below a node on the canvas: its operation in words and its resource, such as
 * "Update Points: User". The operation's value alone would read "updatePoints", and "getAll" and
 * "upsert" where the panel says Get Many and Create or Update.
 */
export const OPERATION_SUBTITLE =
	'={{ $parameter["operation"].replace("getAll", "getMany").replace("upsert", "createOrUpdate").replace(/[A-Z]/g, " $&").replace(" Or ", " or ").replace(/^./, (first) => first.toUpperCase()) + ": " + $parameter["resource"].replace(/^./, (first) => first.toUpperCase()) }}';

/**
 * How an error calls a field: by the label that stands in the editor, then by the name that input
 * items and expressions know it by. A name that is no field's, such as that of a user's own column,
 * stands alone.
 *
 * @param fields of the operation or the trigger, as its description has them
 */
export function fieldLabel(fields: readonly INodeProperties[], name: string): string {
	const label = labelIn(fields, name);
	return label === undefined ? `"${name}"` : `'${label}' (${name})`;
}

/** Looks in collections as well. */
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
 * Reads a numeric option. It holds for the whole run, so the first item decides.
 *
 * @param option its field, which says what is read when it is not set, and what the limits are
 * @throws InputError for what is not a number within the limits
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

/** How many results of a list are wanted: all, or at most so many. */
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
 * @returns how many, `Infinity` for all
 * @throws InputError for what is no number of results
 */
export function readLimit(parameter: ParameterReader, item: number): number {
	if (parameter('returnAll', item, false)) return Number.POSITIVE_INFINITY;
	const given = parameter('limit', item, 50);
	// An expression may give anything: of what is none, no result would be left.
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

/** How many requests, or items, are in progress at once. */
export function concurrencyOption(description: string): INodeProperties {
	return concurrencyLimitOption('Concurrency', 'concurrency', description);
}

/** The "Options" collection of an operation, in the order of their titles. */
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
		description: 'Format of the output',
	};
}

/** Whether what the partner sent is to be given as it came. */
export function isRawOutput(parameter: ParameterReader): boolean {
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
		concurrency: readConcurrencyLimit(parameter, concurrencyOption('')),
	};
}

/**
 * Reads an {@link concurrencyLimitOption}.
 *
 * @throws InputError for a value that makes no sense
 */
export function readConcurrencyLimit(parameter: ParameterReader, option: INodeProperties): number {
	return Math.floor(readNumericOption(parameter, option));
}

/** The option that says which processes wait for each other's writes about one record. */
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

/** In which parts of a node's parameters n8n asks for the credential for Redis. */
export const LOCKED_IN_REDIS = { '/options.lock': ['redis'] };

/** Tells, until the lock is in Redis, what two n8n processes can do to one record. */
export function lockNotice(consequence: string): INodeProperties {
	return {
		displayName: `In queue mode, n8n processes do not wait for each other: ${consequence}. To prevent this, add the option <b>Lock Records In</b> and choose Redis.`,
		name: 'lockNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: LOCKED_IN_REDIS },
	};
}

/** @throws InputError for a value that is not in the list: taking it for the default would make duplicates */
export function isLockedInRedis(parameter: ParameterReader): boolean {
	const value = parameter(`options.${lockOption.name}`, 0, lockOption.default);
	if (value === 'redis' || value === 'memory') return value === 'redis';
	throw new InputError(
		'The option "Lock Records In" (lock) must be "memory" or "redis"',
		'Choose a value from the list.',
	);
}

/** In a credential: what an address without encryption gives away. */
export function plainHttpNotice(consequence: string): INodeProperties {
	return {
		displayName: `A URL that begins with http:// ${consequence}. Use https:// except for tests.`,
		name: 'plainHttpNotice',
		type: 'notice',
		default: '',
		// No regular expression: n8n evaluates it for every node that reads the credential, and fails
		// the execution when that takes 250 ms, as it may on a busy machine.
		displayOptions: {
			show: {
				url: ['http:', 'HTTP:', 'Http:', ' http:'].map((start) => ({
					_cnd: { startsWith: start },
				})),
			},
		},
	};
}

/** In a credential: where its page is in Russian. n8n's own link leads to the English one. */
export function russianPageNotice(address: string): INodeProperties {
	return {
		displayName: `<a href="${address}" target="_blank">Описание на русском языке</a>`,
		name: 'russianPageNotice',
		type: 'notice',
		default: '',
	};
}

/** Tells who uses a node as the tool of an AI agent that this operation is not for it. */
export function toolNotice(reason: string): INodeProperties {
	return {
		displayName: `Not for an AI agent: ${reason}`,
		name: 'toolNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '@tool': [true] } },
	};
}
