import { createHash } from 'node:crypto';
import { decodeHTMLStrict } from 'entities';
import {
	atOnce,
	findObjectInTurns,
	type InTurns,
	isObject,
	type JsonObject,
	parseJsonInTurns,
	trimmedText,
} from '../../shared/wire';
import { escapeControlCharacters } from '../../shared/wire/text';

const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|[a-z][a-z\d]*);/gi;
/** Entities of HTML 4, as PHP writes them, that mean other characters in HTML 5 and in the library. */
const HTML_4_ONLY: Readonly<Record<string, string>> = { '&lang;': '\u2329', '&rang;': '\u232a' };
const MAX_CODE_POINT = 0x10ffff;

/**
 * Decodes the entities in the response of a custom operation. Its handler reads with `query_result` or
 * `fetch_array`, which return text from PHP's `htmlentities()` (docs/protocols/vtiger.md, 16.3). It decodes
 * once: `&amp;lt;` was entered as `&lt;`. Responses of vtiger's own operations have no entities.
 *
 * @example
 * clientright.decodeEntities('&laquo;Ромашка&raquo; &amp;lt;'); // => '«Ромашка» &lt;'
 */
export function decodeEntities(text: string): string {
	return text.replace(ENTITY, (entity, hex?: string, decimal?: string) => {
		if (hex === undefined && decimal === undefined) {
			return HTML_4_ONLY[entity] ?? decodeHTMLStrict(entity);
		}
		// HTML maps some numbers to other characters, but PHP does not.
		const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
		return code > 0 && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : entity;
	});
}

/** The envelope of every response of vtiger. */
export type Envelope = { success: true; result: unknown } | { success: false; error: RemoteFault };

/** vtiger's error. A handler may throw a number as code (docs/protocols/vtiger.md, 3.2). */
export interface RemoteFault {
	code: string;
	message: string;
}

/** An envelope that was found in the text of a response. */
export interface OpenedEnvelope {
	envelope: Envelope;
	/** The envelope as received, for raw output. */
	raw: JsonObject;
	/** Whether the response has other text before or after it, most likely PHP warnings. */
	printedAround: boolean;
}

/** The most JSON values in a response. A page of records has some thousands. */
const MAX_VALUES = 500_000;

/**
 * Finds the envelope in the text of a response. PHP prints warnings around it if `display_errors` is on, and
 * a script saved with a byte order mark adds the mark before it.
 *
 * @returns `undefined` for a response without one: an empty body, a page, a fatal error
 *
 * @example
 * const { envelope, printedAround } = clientright.openEnvelope(
 *   'Warning: undefined index {"success":true,"result":"84001"}',
 * );
 * envelope; // => { success: true, result: '84001' }
 * printedAround; // => true
 * clientright.openEnvelope('<html>'); // => undefined
 */
export function openEnvelope(text: string): OpenedEnvelope | undefined {
	return atOnce(openEnvelopeInTurns(text));
}

/**
 * Finds the envelope as {@link openEnvelope} does, and lets other work run while it reads a large response.
 *
 * @example
 * const turns = clientright.openEnvelopeInTurns('{"success":true,"result":"84001"}');
 * let turn = turns.next();
 * while (!turn.done) turn = turns.next();
 * turn.value.envelope; // => { success: true, result: '84001' }
 */
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
	return { code: trimmedText(error.code), message: trimmedText(error.message) };
}

/** Parses JSON, also with unescaped control characters in its strings, as vtiger 8.4 writes it. */
function* parse(json: string): InTurns<unknown> {
	const parsed = yield* parseJsonInTurns(json);
	if (parsed !== undefined) return parsed;
	const escaped = escapeControlCharacters(json);
	yield;
	return escaped === json ? undefined : yield* parseJsonInTurns(escaped);
}

/** The fields of a call by their names on the wire. */
export type WireFields = Readonly<Record<string, string>>;

/** The headers of a form. vtiger returns an empty HTTP 500 for a JSON body (docs/protocols/vtiger.md, 2.4). */
export const FORM_HEADERS: Readonly<Record<string, string>> = {
	'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
	accept: 'application/json',
};

/**
 * Writes fields as a URL-encoded form in UTF-8. A `+`, with which phone numbers begin, is written as `%2B`,
 * because PHP reads it as a space otherwise (docs/protocols/vtiger.md, 2.5).
 *
 * @example
 * clientright.writeForm({ operation: 'login', mobile: '+79000000001' });
 * // => 'operation=login&mobile=%2B79000000001'
 */
export function writeForm(fields: WireFields): string {
	return new URLSearchParams(fields).toString();
}

/**
 * Adds fields to the query of a URL.
 *
 * @example
 * clientright.withQuery('https://crm.example.org/webservice.php?a=1', { operation: 'listtypes' });
 * // => 'https://crm.example.org/webservice.php?a=1&operation=listtypes'
 */
export function withQuery(address: string, fields: WireFields): string {
	const url = new URL(address);
	for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
	return url.href;
}

/**
 * Computes the answer to a challenge: md5 of token and access key in lower-case hex
 * (docs/protocols/clientright.md, 3.2). vtiger rejects upper-case digits (docs/protocols/vtiger.md, 4.2).
 *
 * @param token the token from `getchallenge`
 *
 * @example
 * clientright.answerChallenge('5b6c7d', 'invented'); // => 'b5326e87ba3363cf7bb87b8868b8dca1'
 */
export function answerChallenge(token: string, accessKey: string): string {
	return createHash('md5')
		.update(token + accessKey, 'utf8')
		.digest('hex');
}
