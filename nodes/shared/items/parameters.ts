import { isDeepStrictEqual } from 'node:util';
import type { IExecuteFunctions } from 'n8n-workflow';
import { plainReading } from './plain-expression';

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
	const byUs = plainReading(raw);
	if (!byUs) return byN8n;
	const items = node.getInputData();
	return checkedOnce(byN8n, (itemIndex) => byUs(items[itemIndex]?.json ?? {}));
}

/**
 * Goes by `quick` from the second value on, if it gave the first as `sure` did: where the node is a
 * tool of an agent, expressions see other items than the node does.
 */
function checkedOnce(sure: Reading, quick: Reading): Reading {
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
