import { findObject, isObject, parseFound, type JsonObject } from '../../shared/wire';
import { escapeControlCharacters } from '../../shared/wire/control-characters';

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
	const trimmed = text.trim();
	const found = findObject(trimmed, MAX_VALUES, readEnvelope);
	if (!found) return undefined;
	return { ...found.read, printedAround: found.end - found.start < trimmed.length };
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
	const parsed = parseFound(json);
	if (parsed !== undefined) return parsed;
	const escaped = escapeControlCharacters(json);
	return escaped === json ? undefined : parseFound(escaped);
}
