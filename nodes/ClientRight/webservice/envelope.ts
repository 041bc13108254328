import { escapeControlCharacters } from '../../shared/wire/control-characters';
import { isObject, type JsonObject } from './json';

/** What vtiger answers every call with, found in the body. */
export type Envelope = { success: true; result: unknown } | { success: false; error: RemoteFault };

/** vtiger's own words; a handler may throw a number as code (wire/README.md, answers). */
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

const ENVELOPE_START = /\{\s*"success"\s*:/g;
/** A page that holds many such beginnings and no envelope is not searched without end. */
const MAX_STARTS = 50;

/**
 * Finds the envelope in the text of an answer. PHP prints its warnings around it when
 * `display_errors` is on, and a script saved with a byte order mark puts that in front.
 *
 * @returns `undefined` when there is none: an empty body, a page, a fatal error
 */
export function openEnvelope(text: string): OpenedEnvelope | undefined {
	const trimmed = text.trim();
	const whole = readEnvelope(trimmed);
	if (whole) return { ...whole, printedAround: false };
	let starts = 0;
	for (const { index } of trimmed.matchAll(ENVELOPE_START)) {
		const found = readEnvelope(objectAt(trimmed, index));
		if (found) return { ...found, printedAround: true };
		if (++starts === MAX_STARTS) break;
	}
	return undefined;
}

function readEnvelope(json: string): Pick<OpenedEnvelope, 'envelope' | 'raw'> | undefined {
	const raw = parse(json);
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
function parse(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		const escaped = json.startsWith('{') ? escapeControlCharacters(json) : json;
		return escaped === json ? undefined : parse(escaped);
	}
}

/** The text from a `{` to the `}` that closes it. */
function objectAt(text: string, start: number): string {
	let depth = 0;
	let quoted = false;
	for (let at = start; at < text.length; at++) {
		const character = text[at];
		if (character === '"') quoted = !quoted;
		else if (quoted) at += character === '\\' ? 1 : 0;
		else if (character === '{') depth++;
		else if (character === '}' && --depth === 0) return text.slice(start, at + 1);
	}
	return '';
}
