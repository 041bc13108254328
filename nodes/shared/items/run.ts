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

/** Reads a value of an item; `undefined`: only n8n can. */
export type PropertyReader = (json: IDataObject) => unknown;

const NAME = /\.([\p{ID_Start}$_][\p{ID_Continue}$]*)/u;
const QUOTED = /\[(?:'([^'\\{}]+)'|"([^"\\{}]+)")\]/u;
const INDEX = /\[(0|[1-9]\d{0,8})\]/u;
const STEP = new RegExp(`${NAME.source}|${QUOTED.source}|${INDEX.source}`, 'gu');
/** What the editor writes when somebody drags a field of the input onto a parameter. */
const PATH = new RegExp(
	`^=\\{\\{\\s*\\$json((?:${NAME.source}|${QUOTED.source}|${INDEX.source})+)\\s*\\}\\}$`,
	'u',
);

/**
 * Reads a parameter that holds no expressions but properties of the input item, such as
 * `={{ $json.phone }}`, without n8n's expression engine, which takes 0.5 to 1 ms for each.
 *
 * The values are those that n8n's engine gives, `vm` as well as `legacy`. Whatever might be otherwise
 * is left to it: properties that are not there, not the item's own or not safe, and values that are
 * neither text, number, boolean nor null.
 *
 * @param raw the parameter as the workflow has it, its expressions in it
 * @returns `undefined` when it holds any other expression
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

/** Gives a parameter's value for an item. */
export type ParameterReader = (name: string, itemIndex: number, fallback?: unknown) => unknown;

/** Gives one parameter's value for an item. */
type Reading = (itemIndex: number) => unknown;

/**
 * Reads parameters item by item, but those without an expression only once, and those that only
 * take over properties of the item without n8n's expression engine: an expression costs n8n 0.5 to
 * 1 ms an item, and even a fixed value is copied and checked at each reading.
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
 * Goes by `quick` from the second value on, if it gave the first as `sure` did: where the node is a
 * tool of an agent, expressions see other items than the node does.
 */
function verifiedOnFirstRead(sure: Reading, quick: Reading): Reading {
	let agree: boolean | undefined;
	return (itemIndex) => {
		const value = agree === false ? undefined : quick(itemIndex);
		if (value === undefined) return sure(itemIndex);
		if (agree) return value;
		const certain = sure(itemIndex);
		agree = isDeepStrictEqual(certain, value);
		return certain;
	};
}

function holdsExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	if (typeof value !== 'object' || value === null) return false;
	return Object.values(value).some(holdsExpression);
}

/** An operation that sends nothing and needs no credential. */
export interface LocalOperation {
	fields: INodeProperties[];
	executeLocally(node: IExecuteFunctions): Promise<INodeExecutionData[]>;
}

/** The operations of a node: by resource, then by name. */
export type Operations<Operation> = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/**
 * The operation that a node is set to. Resource and operation take no expressions, so they are the
 * same for every item.
 *
 * @throws NodeOperationError for one that does not exist, as a workflow of another version may name
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

/** An operation that is carried out item by item. */
export interface ItemOperation<Prepared> extends Work<Prepared, IDataObject[]> {
	/** Reads and checks an item's parameters. No I/O: every item is prepared before one is sent. */
	prepare(itemIndex: number): Prepared;
}

/**
 * The item loop: bad items fail before anything is sent, items run side by side, the output keeps
 * the order of the input and is paired to it, errors go where the node's settings say, and a run
 * that n8n retries goes on where it stopped.
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
 * @throws NodeOperationError for the first bad one, unless the node continues on fail
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

/** A read that asks for the keys of all input items together, many in a request. */
export interface BatchOperation<Value> {
	/** The keys that an item asks for. No I/O. */
	keysOf(itemIndex: number): string[];
	/** Asks for several keys at once. Those the partner does not know are absent from the answer. */
	ask(keys: string[], signal: AbortSignal | undefined): Promise<Map<string, Value>>;
	/** An output item's json for one key. */
	toJson(key: string, value: Value | undefined): IDataObject;
	batchSize: number;
}

/**
 * Asks for each distinct key once, in batches, and gives each input item its own answers, in the
 * order it asked for them.
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
