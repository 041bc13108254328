import { isDeepStrictEqual } from 'node:util';
import { type IDataObject, type IExecuteFunctions, isSafeObjectProperty } from 'n8n-workflow';

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
