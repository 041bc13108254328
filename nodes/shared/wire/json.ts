import { LosslessNumber, parse, stringify } from 'lossless-json';
import { isBeyond, quoteNumbers } from './digits';
import { endOfString, endOfStructure, isWithin, MAX_DEPTH, type StructureLimits } from './scan';
import { parseSlices } from './slices';
import type { InTurns } from './turns';

/** An object of JSON, which may hold anything that a partner chose to send. */
export type JsonObject = Record<string, unknown>;

/** More than 16 MB of orders or records hold. Millions of empty lists take seconds to parse. */
const MAX_VALUES = 2_000_000;
const ANY_MESSAGE: StructureLimits = { maxValues: MAX_VALUES, maxDepth: MAX_DEPTH };
/** A shorter text is parsed within milliseconds, whatever it holds. */
const SHORT = 64 * 1024;

/** Whether the value is an object of JSON: neither `null` nor a list. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses JSON text of a partner. A byte order mark in front is skipped. Whole numbers beyond 2^53 come
 * out as text of the same digits.
 *
 * @param limits of what is parsed; by default a text that is short may hold anything
 * @returns `undefined` (which no JSON text means) when it is not JSON, or is nested deeper or holds
 *   more values than any message does
 */
export function parseJson(text: string, limits?: StructureLimits): unknown {
	const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	const isSafe =
		(limits === undefined && json.length < SHORT) || isWithin(json, limits ?? ANY_MESSAGE);
	return isSafe ? parseQuoting(json, isBeyond) : undefined;
}

/** As {@link parseJson}, for a list or an object that may have megabytes: others get their turn meanwhile. */
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
 * As {@link parseJson}, for an object that was found in a text by its syntax, with `findObject` or
 * `endOfStructure`: how much is in it, and how deep, was limited then.
 */
export function parseFound(json: string): unknown {
	return parseQuoting(json, isBeyond);
}

/**
 * As {@link parseJson}, for what n8n wrote. It writes numbers of JavaScript, so that digits may be lost
 * before: a whole number that is written as JavaScript writes a rounded one stays a number, for
 * `hasLostDigits` to tell.
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
 * Parses JSON that a user typed: whole numbers beyond 2^53 come out as bigints, which leave without
 * quotes again.
 *
 * @returns `undefined` when it is not JSON
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

/** Writes JSON as `JSON.stringify` does, bigints as the digits of a number. */
export function writeJson(value: unknown): string {
	return (isPlainJson(value) ? JSON.stringify(value) : stringify(value)) ?? 'null';
}

/** Whether it holds nothing that only {@link writeJson} can write. */
export function isPlainJson(value: unknown): boolean {
	if (typeof value === 'bigint' || value instanceof LosslessNumber) return false;
	return typeof value !== 'object' || value === null || Object.values(value).every(isPlainJson);
}

/**
 * The text of a member of an object, as it stands in JSON. Parsed, `1.0` and `1` were the same.
 *
 * @param json text of an object, which has to be JSON
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

/** Whether text is JSON; of a long one only the beginning is looked at. */
export function looksLikeJson(text: string): boolean {
	if (text.length < SHORT) return parseJson(text) !== undefined;
	// Without what is behind: the end of a text would be looked for there.
	const json = text.trimStart().slice(0, SHORT);
	return endOfStructure(json, 0, { characters: SHORT, values: SHORT }) === -SHORT;
}

/** Text as a person expects it: numbers become text, what is absent becomes `''`. */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	return '';
}
