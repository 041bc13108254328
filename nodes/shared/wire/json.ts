import { LosslessNumber, parse, stringify } from 'lossless-json';
import { isBeyond, quoteNumbers } from './digits';
import { endOfString, endOfStructure, isWithin, MAX_DEPTH, type StructureLimits } from './scan';
import { parseSlices } from './slices';
import type { InTurns } from './turns';

/** A JSON object, with any values that a partner sent. */
export type JsonObject = Record<string, unknown>;

/** More values than 16 MB of orders or records have. Parsing millions of empty lists takes seconds. */
const MAX_VALUES = 2_000_000;
const ANY_MESSAGE: StructureLimits = { maxValues: MAX_VALUES, maxDepth: MAX_DEPTH };
/** A shorter text is parsed within milliseconds, with any content. */
const SHORT = 64 * 1024;

/** Whether the value is a JSON object: neither `null` nor a list. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a partner's JSON text. It ignores a byte order mark, and converts whole numbers beyond 2^53 to text
 * of their digits.
 *
 * @param limits limits of the text; by default, a short text may have any content
 * @returns `undefined` for text that is not JSON, or exceeds the limits
 */
export function parseJson(text: string, limits?: StructureLimits): unknown {
	const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	const isSafe =
		(limits === undefined && json.length < SHORT) || isWithin(json, limits ?? ANY_MESSAGE);
	return isSafe ? parseQuoting(json, isBeyond) : undefined;
}

/** Parses as {@link parseJson} does, and lets other work run while it parses a large list or object. */
export function* parseJsonInTurns(text: string, limits?: StructureLimits): InTurns<unknown> {
	if (text.length < SHORT) return parseJson(text, limits);
	const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	try {
		return yield* parseSlices(json, limits ?? ANY_MESSAGE);
	} catch {
		return undefined;
	}
}

/**
 * Parses as {@link parseJson} does, an object that `findObject` or `endOfStructure` found: they have already
 * limited its size and depth.
 */
export function parseFound(json: string): unknown {
	return parseQuoting(json, isBeyond);
}

/**
 * Parses as {@link parseJson} does, JSON that n8n wrote from JavaScript numbers, which may have lost digits.
 * A whole number that looks like a rounded one remains a number, so that `hasLostDigits` detects it.
 */
export function parseWorkflowJson(text: string): unknown {
	return parseQuoting(text, (digits) => isBeyond(digits) && String(Number(digits)) !== digits);
}

function parseQuoting(json: string, isQuoted: (digits: string) => boolean): unknown {
	try {
		return JSON.parse(quoteNumbers(json, isQuoted));
	} catch {
		return undefined;
	}
}

/**
 * Parses JSON that a user entered. Whole numbers beyond 2^53 become bigints, which are written without quotes
 * again.
 *
 * @returns `undefined` for text that is not JSON
 */
export function parseTypedJson(text: string): unknown {
	if (quoteNumbers(text, isBeyond) === text) return parseQuoting(text, isBeyond);
	try {
		return parse(text, undefined, {
			parseNumber: (digits) => (isBeyond(digits) ? BigInt(digits) : Number(digits)),
			onDuplicateKey: ({ newValue }) => newValue,
		});
	} catch {
		return undefined;
	}
}

/** Writes JSON as `JSON.stringify` does, and bigints as numbers. */
export function writeJson(value: unknown): string {
	return (isPlainJson(value) ? JSON.stringify(value) : stringify(value)) ?? 'null';
}

/** Whether `JSON.stringify` can write the value without {@link writeJson}. */
export function isPlainJson(value: unknown): boolean {
	if (typeof value === 'bigint' || value instanceof LosslessNumber) return false;
	return typeof value !== 'object' || value === null || Object.values(value).every(isPlainJson);
}

/**
 * Returns the source text of an object's member. After parsing, `1.0` and `1` would be the same.
 *
 * @param json valid JSON text of an object
 */
export function memberSource(json: string, name: string): string | undefined {
	let source: string | undefined;
	let at = json.indexOf('{') + 1;
	for (;;) {
		const start = json.indexOf('"', at);
		const endOfKey = start === -1 ? -1 : endOfString(json, start);
		if (endOfKey < 0) return source;
		const key: unknown = JSON.parse(json.slice(start, endOfKey));
		const value = firstOf(/\S/g, json, json.indexOf(':', endOfKey) + 1);
		const end = endOfMember(json, value);
		if (end <= value) return source;
		if (key === name) source = json.slice(value, end);
		at = end;
	}
}

function endOfMember(json: string, start: number): number {
	if (json[start] === '"') return endOfString(json, start);
	if (json[start] !== '{' && json[start] !== '[') return firstOf(/[\s,}]/g, json, start);
	return endOfStructure(json, start, { characters: json.length, values: json.length });
}

function firstOf(pattern: RegExp, text: string, start: number): number {
	pattern.lastIndex = start;
	return pattern.exec(text)?.index ?? text.length;
}

/** Whether text is JSON. For a long text, only the beginning is checked. */
export function looksLikeJson(text: string): boolean {
	if (text.length < SHORT) return parseJson(text) !== undefined;
	// The text is truncated first: otherwise the end of a string would be searched for in the rest.
	const json = text.trimStart().slice(0, SHORT);
	return endOfStructure(json, 0, { characters: SHORT, values: SHORT }) === -SHORT;
}

/** Converts a value as {@link textOf} does, without whitespace around the text. */
export function trimmedText(value: unknown): string {
	return textOf(value).trim();
}

/** Converts a value to text: numbers become text, other values become `''`. */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	return '';
}
