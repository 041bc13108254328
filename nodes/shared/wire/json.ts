import { endOfStructure, MAX_DEPTH } from './scan';
import { isWithin } from './structure';

/** An object of JSON, which may hold anything that a partner chose to send. */
export type JsonObject = Record<string, unknown>;

/** More than 16 MB of orders or records hold. Millions of empty lists take seconds to parse. */
const MAX_VALUES = 2_000_000;
/** A shorter text is parsed within milliseconds, whatever it holds. */
const SHORT = 64 * 1024;

/** Whether the value is an object of JSON: neither `null` nor a list. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses JSON text of a partner. A byte order mark in front is skipped.
 *
 * @returns `undefined` (which no JSON text means) when it is not JSON, or is nested deeper or holds
 *   more values than any message does
 */
export function parseJson(text: string): unknown {
	const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	const isSafe =
		json.length < SHORT || isWithin(json, { maxValues: MAX_VALUES, maxDepth: MAX_DEPTH });
	if (!isSafe) return undefined;
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

/** Whether text is JSON; of a long one only the beginning is looked at. */
export function looksLikeJson(text: string): boolean {
	if (text.length < SHORT) return parseJson(text) !== undefined;
	const json = text.trimStart();
	return endOfStructure(json, 0, { characters: SHORT, values: SHORT }) === -SHORT;
}

/** Text as a person expects it: numbers become text, what is absent becomes `''`. */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	return '';
}
