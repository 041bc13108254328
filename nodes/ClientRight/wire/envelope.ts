import { createHash } from 'node:crypto';
import { decodeHTMLStrict } from 'entities';
import {
	atOnce,
	findObjectInTurns,
	type InTurns,
	isObject,
	type JsonObject,
	parseJsonInTurns,
} from '../../shared/wire';
import { escapeControlCharacters } from '../../shared/wire/text';

const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|[a-z][a-z\d]*);/gi;
/** Names of HTML 4, which PHP writes, that HTML 5 and the library with it gave to other characters. */
const HTML_4_ONLY: Readonly<Record<string, string>> = { '&lang;': '\u2329', '&rang;': '\u232a' };
const MAX_CODE_POINT = 0x10ffff;

/**
 * Decodes the entities of a custom operation's answer: its handler reads with `query_result` or
 * `fetch_array`, which give PHP's `htmlentities()`, all names of HTML 4 (docs/protocols/vtiger.md, 16.3).
 * Once: `&amp;lt;` was typed as `&lt;`. Answers of vtiger's own operations come decoded.
 */
export function decodeEntities(text: string): string {
	return text.replace(ENTITY, (entity, hex?: string, decimal?: string) => {
		if (hex === undefined && decimal === undefined) {
			return HTML_4_ONLY[entity] ?? decodeHTMLStrict(entity);
		}
		// HTML reads some numbers as other characters; PHP writes what it means.
		const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
		return code > 0 && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : entity;
	});
}

/** What vtiger answers every call with, found in the body. */
export type Envelope = { success: true; result: unknown } | { success: false; error: RemoteFault };

/** vtiger's own words; a handler may throw a number as code (docs/protocols/vtiger.md, 3.2). */
export interface RemoteFault {
	code: string;
	message: string;
}

/** An envelope that was found in the text of an answer. */
export interface OpenedEnvelope {
	envelope: Envelope;
	/** The envelope as it came, for raw output. */
	raw: JsonObject;
	/** Whether something was printed before or after it: PHP's warnings, most likely. */
	printedAround: boolean;
}

/** A page of records has some thousands. */
const MAX_VALUES = 500_000;

/**
 * Finds the envelope in the text of an answer. PHP prints its warnings around it when
 * `display_errors` is on, and a script saved with a byte order mark puts that in front.
 *
 * @returns `undefined` when there is none: an empty body, a page, a fatal error
 */
export function openEnvelope(text: string): OpenedEnvelope | undefined {
	return atOnce(openEnvelopeInTurns(text));
}

/** As {@link openEnvelope}; others get their turn while an answer of megabytes is opened. */
export function* openEnvelopeInTurns(text: string): InTurns<OpenedEnvelope | undefined> {
	const trimmed = text.trim();
	const found = yield* findObjectInTurns(trimmed, MAX_VALUES, readEnvelope);
	if (!found) return undefined;
	return { ...found.read, printedAround: found.end - found.start < trimmed.length };
}

function* readEnvelope(
	json: string,
): InTurns<Pick<OpenedEnvelope, 'envelope' | 'raw'> | undefined> {
	const raw = yield* parse(json);
	if (!isObject(raw)) return undefined;
	if (raw.success === true) return { raw, envelope: { success: true, result: raw.result } };
	if (raw.success !== false) return undefined;
	return { raw, envelope: { success: false, error: readFault(raw.error) } };
}

function readFault(error: unknown): RemoteFault {
	if (!isObject(error)) return { code: '', message: typeof error === 'string' ? error : '' };
	return { code: asText(error.code), message: asText(error.message) };
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** JSON, also with raw control characters in its texts, as vtiger 8.4 writes it. */
function* parse(json: string): InTurns<unknown> {
	const parsed = yield* parseJsonInTurns(json);
	if (parsed !== undefined) return parsed;
	const escaped = escapeControlCharacters(json);
	yield;
	return escaped === json ? undefined : yield* parseJsonInTurns(escaped);
}

/** Fields of a call by their names on the wire. */
export type WireFields = Readonly<Record<string, string>>;

/** vtiger answers a JSON body with an empty HTTP 500 (docs/protocols/vtiger.md, 2.4). */
export const FORM_HEADERS: Readonly<Record<string, string>> = {
	'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
	accept: 'application/json',
};

/**
 * Lays fields out as an URL-encoded form in UTF-8. A `+` leaves as `%2B`: raw, PHP reads it as a
 * space, and phone numbers begin with one (docs/protocols/vtiger.md, 2.5).
 */
export function writeForm(fields: WireFields): string {
	return new URLSearchParams(fields).toString();
}

/** An address with fields in its query, beside those it has already. */
export function withQuery(address: string, fields: WireFields): string {
	const url = new URL(address);
	for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
	return url.href;
}

/**
 * The answer to a challenge: md5 of token and access key in lower-case hex
 * (docs/protocols/clientright.md, 3.2). vtiger refuses the same digits in upper case
 * (docs/protocols/vtiger.md, 4.2).
 *
 * @param token as `getchallenge` gave it
 */
export function answerChallenge(token: string, accessKey: string): string {
	return createHash('md5')
		.update(token + accessKey, 'utf8')
		.digest('hex');
}
