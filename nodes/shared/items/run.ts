import { isDeepStrictEqual } from 'node:util';
import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	isSafeObjectProperty,
	NodeOperationError,
} from 'n8n-workflow';
import { toNodeError } from '../errors';
import { runUnits, type Work } from './attempt';
import { nothingSentNote } from './memory';
import { type ItemResult, toOutput } from './output';
import type { JobResult } from './schedule';

/** Reads a value of an item; returns `undefined` if only n8n can read it. */
export type PropertyReader = (json: IDataObject) => unknown;

const NAME = /\.([\p{ID_Start}$_][\p{ID_Continue}$]*)/u;
const QUOTED = /\[(?:'([^'\\{}]+)'|"([^"\\{}]+)")\]/u;
const INDEX = /\[(0|[1-9]\d{0,8})\]/u;
const STEP = new RegExp(`${NAME.source}|${QUOTED.source}|${INDEX.source}`, 'gu');
/** The expression that the editor inserts when a user drags an input field onto a parameter. */
const PATH = new RegExp(
	`^=\\{\\{\\s*\\$json((?:${NAME.source}|${QUOTED.source}|${INDEX.source})+)\\s*\\}\\}$`,
	'u',
);

/**
 * Creates a reader for a parameter whose only expressions are properties of the input item, such as
 * `={{ $json.phone }}`. It does not use n8n's expression engine, which takes 0.5 to 1 ms for each.
 *
 * The values are the same as those of n8n's engine, `vm` or `legacy`. Cases that might differ are left to
 * the engine: properties that are missing, inherited or unsafe, and values other than text, numbers,
 * booleans and null.
 *
 * @param raw the parameter with its expressions, as in the workflow
 * @returns `undefined` when it contains any other expression
 */
export function propertyReaderFor(raw: unknown): PropertyReader | undefined {
	if (typeof raw === 'string' && raw.startsWith('=')) return propertyReading(raw);
	if (typeof raw !== 'object' || raw === null) return () => raw;
	const parts = Object.entries(raw).map(([key, part]) => [key, propertyReaderFor(part)] as const);
	if (!parts.every(isReadable)) return undefined;
	return (json) => {
		const values = parts.map(([key, read]) => [key, read(json)] as const);
		if (values.some(([, value]) => value === undefined)) return undefined;
		return Array.isArray(raw) ? values.map(([, value]) => value) : Object.fromEntries(values);
	};
}

type Part = readonly [key: string, reading: PropertyReader | undefined];

function isReadable(part: Part): part is readonly [string, PropertyReader] {
	return part[1] !== undefined;
}

function propertyReading(expression: string): PropertyReader | undefined {
	const steps = PATH.exec(expression)?.[1]?.matchAll(STEP);
	if (!steps) return undefined;
	const path = Array.from(steps, ([, name, single, double, index]) =>
		String(name ?? single ?? double ?? index),
	);
	return path.every(isSafeObjectProperty) ? (json) => primitiveAt(json, path) : undefined;
}

function primitiveAt(json: IDataObject, path: readonly string[]): unknown {
	let value: unknown = json;
	for (const key of path) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
		value = (value as IDataObject)[key];
	}
	return isPrimitive(value) ? value : undefined;
}

function isPrimitive(value: unknown): value is string | number | boolean | null {
	return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Returns a parameter's value for an item. */
export type ParameterReader = (name: string, itemIndex: number, fallback?: unknown) => unknown;

/** Returns the value of one parameter for an item. */
type Reading = (itemIndex: number) => unknown;

/**
 * Creates a reader of parameters. It reads a parameter without expressions only once, and one that only
 * copies properties of the item without n8n's expression engine: n8n takes 0.5 to 1 ms per expression and
 * item, and copies and validates even a fixed value each time.
 */
export function parameterReader(node: IExecuteFunctions): ParameterReader {
	const readings = new Map<string, Reading>();
	return (name, itemIndex, fallback) => {
		const reading = readings.get(name) ?? readingOf(node, name, fallback);
		readings.set(name, reading);
		return reading(itemIndex);
	};
}

function readingOf(node: IExecuteFunctions, name: string, fallback: unknown): Reading {
	const raw: unknown = node.getNodeParameter(name, 0, fallback, { rawExpressions: true });
	if (!holdsExpression(raw)) {
		const value: unknown = node.getNodeParameter(name, 0, fallback);
		return () => value;
	}
	const byN8n: Reading = (itemIndex) => node.getNodeParameter(name, itemIndex, fallback);
	const byUs = propertyReaderFor(raw);
	if (!byUs) return byN8n;
	const items = node.getInputData();
	return verifiedOnFirstRead(byN8n, (itemIndex) => byUs(items[itemIndex]?.json ?? {}));
}

/**
 * Uses `readDirectly` from the second value on, if both returned the same first value: if the node is a
 * tool of an agent, expressions use other items than the node.
 */
function verifiedOnFirstRead(readByEngine: Reading, readDirectly: Reading): Reading {
	let agree: boolean | undefined;
	return (itemIndex) => {
		const value = agree === false ? undefined : readDirectly(itemIndex);
		if (value === undefined) return readByEngine(itemIndex);
		if (agree) return value;
		const expected = readByEngine(itemIndex);
		agree = isDeepStrictEqual(expected, value);
		return expected;
	};
}

function holdsExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	if (typeof value !== 'object' || value === null) return false;
	return Object.values(value).some(holdsExpression);
}

/** An operation that sends no request and needs no credential. */
export interface LocalOperation {
	fields: INodeProperties[];
	executeLocally(node: IExecuteFunctions): Promise<INodeExecutionData[]>;
}

/** The operations of a node: by resource, then by name. */
export type Operations<Operation> = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/**
 * Returns the operation that is selected in a node. Resource and operation allow no expressions, so they
 * are the same for every item.
 *
 * @throws NodeOperationError for an operation that does not exist, for example from another version
 */
export function chosenOperation<Operation>(
	node: IExecuteFunctions,
	operations: Operations<Operation>,
): Operation {
	const resource = node.getNodeParameter('resource', 0);
	const name = node.getNodeParameter('operation', 0);
	const operation = operations[resource]?.[name];
	if (operation) return operation;
	throw new NodeOperationError(node.getNode(), `There is no operation "${resource}.${name}"`);
}

/** An operation that is executed item by item. */
export interface ItemOperation<Prepared> extends Work<Prepared, IDataObject[]> {
	/** Reads and validates an item's parameters, without I/O. All items are prepared before one is sent. */
	prepare(itemIndex: number): Prepared;
}

/**
 * Runs an operation for all input items. Invalid items fail before anything is sent, items run in
 * parallel, the output has the order of the input and is paired to it, errors are handled as the node's
 * settings require, and a run that n8n retries continues where it stopped.
 *
 * @throws NodeApiError or NodeOperationError for the first item that failed, unless the node
 *   continues on fail
 */
export async function runItems<Prepared>(
	node: IExecuteFunctions,
	operation: ItemOperation<Prepared>,
	concurrency: number,
): Promise<INodeExecutionData[]> {
	const units = prepareItems(node, (index) => operation.prepare(index));
	const results = await runUnits(node, operation, units, concurrency);
	return toOutput(node, results, operation.isWrite);
}

/**
 * Prepares every input item.
 *
 * @throws NodeOperationError for the first invalid item, unless the node continues on fail
 */
export function prepareItems<Prepared>(
	node: IExecuteFunctions,
	prepare: (itemIndex: number) => Prepared,
): Array<JobResult<Prepared>> {
	return node.getInputData().map((_, index) => {
		try {
			return { done: true, value: prepare(index) };
		} catch (error) {
			if (!node.continueOnFail()) {
				throw toNodeError(node.getNode(), error, index, [nothingSentNote(node)]);
			}
			return { done: false, error };
		}
	});
}

/** A read that requests the keys of all input items together, many per request. */
export interface BatchOperation<Value> {
	/** Returns the keys that an item requests, without I/O. */
	keysOf(itemIndex: number): string[];
	/** Requests several keys at once. Keys that the partner does not know are not in the result. */
	ask(keys: string[], signal: AbortSignal | undefined): Promise<Map<string, Value>>;
	/** Builds the json of an output item for one key. */
	toJson(key: string, value: Value | undefined): IDataObject;
	batchSize: number;
}

/**
 * Requests each distinct key once, in batches, and returns the results of each input item in the order of
 * its keys.
 *
 * @throws NodeApiError or NodeOperationError as {@link runItems} does
 */
export async function runBatches<Value>(
	node: IExecuteFunctions,
	operation: BatchOperation<Value>,
	concurrency: number,
): Promise<INodeExecutionData[]> {
	const items = prepareItems(node, (index) => operation.keysOf(index));
	const keys = [...new Set(items.flatMap((item) => (item.done ? item.value : [])))];
	const batches = split(keys, operation.batchSize);
	const answers = await runUnits(
		node,
		{ carryOut: async (batch, signal) => await operation.ask(batch, signal), isWrite: false },
		batches.map((batch) => ({ done: true, value: batch })),
		concurrency,
	);
	const answerOf = new Map<string, JobResult<Map<string, Value>> | undefined>();
	batches.forEach((batch, index) => batch.forEach((key) => answerOf.set(key, answers[index])));
	return toOutput(
		node,
		items.map((item) => resultOf(item, answerOf, operation)),
		false,
	);
}

function resultOf<Value>(
	item: JobResult<string[]>,
	answerOf: ReadonlyMap<string, JobResult<Map<string, Value>> | undefined>,
	operation: BatchOperation<Value>,
): ItemResult {
	if (!item.done) return item;
	const output: IDataObject[] = [];
	for (const key of item.value) {
		const answer = answerOf.get(key);
		if (!answer?.done) return answer;
		output.push(operation.toJson(key, answer.value.get(key)));
	}
	return { done: true, value: output };
}

function split(keys: readonly string[], size: number): string[][] {
	const count = Math.ceil(keys.length / size);
	return Array.from({ length: count }, (_, index) => keys.slice(index * size, (index + 1) * size));
}
