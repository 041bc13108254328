import {
	atOnce,
	findObjectInTurns,
	type InTurns,
	isObject,
	type JsonObject,
	looksLikeJson,
	parseFound,
	parseJsonInTurns,
	textOf,
	writeJson,
} from '../../shared/wire';
import { excerpt } from '../../shared/wire/text';
import { ExapiAnswerError, MAX_VALUES, type RequestId } from './message';
import { type ExapiKey, sign, signatureMatches } from './signature';

const LONGEST_TEXT = 1_000;
/** An error is read by a person, so only the first parts of a long list are shown. */
const MOST_PARTS = 20;
const TOO_DEEP = 'an error nested too deeply to be shown';
/** Texts that PHP writes for "no error": a code of 0, and JSON that was encoded twice. */
const NOTHING = /^(?:0+(?:\.0+)?|null|false|\[\s*\]|\{\s*\})?$/i;

/**
 * Whether an `error` means "no error". PHP has many spellings of `null` (docs/protocols/exapi.md, 4.2),
 * and reading one of them as an error would resend an order that was added. Text, a number other than 0
 * and `true` are errors, at any depth of a list or an object. A missing result is the concern of the
 * method's own reader.
 */
function isNoError(error: unknown): boolean {
	return leavesOf(error).next().done === true;
}

/** Writes the CRM's error for a user: its texts at any depth, followed by its codes. */
export function textOfError(error: unknown): string {
	const texts: string[] = [];
	const codes: string[] = [];
	for (const { name, value } of leavesOf(error)) {
		if (typeof value === 'string') texts.push(value.trim());
		else if (typeof value === 'number') codes.push(`${name} ${value}`.trim());
		if (texts.length + codes.length >= MOST_PARTS) break;
	}
	if (texts.length === 0) return jsonOf(error) ?? (codes.join(', ') || TOO_DEEP);
	const behind = codes.length > 0 ? ` (${codes.join(', ')})` : '';
	return cut(texts.join('; ')) + behind;
}

/** A value of an error, with its name. An entry of a list has the name of its list. */
interface Leaf {
	name: string;
	value: unknown;
}

/**
 * Yields the values of an error that mean something, in their order. It does not recurse, because an
 * error may be nested deeper than the stack allows.
 */
function* leavesOf(error: unknown): Generator<Leaf> {
	const left: Leaf[] = [{ name: '', value: error }];
	for (let leaf = left.pop(); leaf; leaf = left.pop()) {
		const { name, value } = leaf;
		if (typeof value !== 'object' || value === null) {
			if (saysSomething(value)) yield leaf;
			continue;
		}
		const entries: Leaf[] = Array.isArray(value)
			? value.map((entry: unknown) => ({ name, value: entry }))
			: Object.entries(value).map(([key, entry]: [string, unknown]) => ({
					name: key,
					value: entry,
				}));
		for (const entry of entries.reverse()) left.push(entry);
	}
}

function saysSomething(value: unknown): boolean {
	return typeof value === 'string' ? !NOTHING.test(value.trim()) : Boolean(value);
}

/** @returns `undefined` when the error is nested too deeply for `JSON.stringify` */
function jsonOf(error: unknown): string | undefined {
	try {
		return cut(JSON.stringify(error));
	} catch {
		return undefined;
	}
}

function cut(text: string): string {
	return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** A JSON-RPC 1.0 answer (docs/protocols/exapi.md, 4.1). */
export interface ExapiAnswer {
	result: unknown;
	error: string | null;
	/** `null` from servers that read the id from the wrong object (docs/protocols/exapi.md, 4.3). */
	id: RequestId;
}

/**
 * Writes the signed body of an answer: `{sign, answer}` with `answer` as JSON text.
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * exapi.writeAnswer({ result: 4711, error: null, id: '1' }, key);
 * // => '{"sign":"07aba41a45111dce4766e135508a59b3","answer":"{\\"result\\":4711,\\"error\\":null,\\"id\\":\\"1\\"}"}'
 */
export function writeAnswer(answer: ExapiAnswer, key: ExapiKey): string {
	const text = writeJson({ result: answer.result, error: answer.error, id: answer.id });
	return JSON.stringify({ sign: sign(text, key), answer: text });
}

/**
 * Opens a signed answer.
 *
 * @param body text of the HTTP response, which may have other output around the envelope
 * @param id the id that was sent. An answer with `null` or without an id is accepted as well
 * @returns the JSON-RPC answer, which has no error
 * @throws ExapiAnswerError that states what is wrong with the answer, see {@link ExapiAnswerError.fault}
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * const body = exapi.writeAnswer({ result: 4711, error: null, id: '1' }, key);
 * exapi.openAnswer(body, key, '1').result; // => 4711
 * exapi.openAnswer('<html>', key, '1'); // throws ExapiAnswerError: The response is not JSON
 */
export function openAnswer(body: string, key: ExapiKey, id: string): { result: unknown } {
	return atOnce(openAnswerInTurns(body, key, id));
}

/**
 * Opens an answer as {@link openAnswer} does, and lets other work run while it opens a large one.
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * const body = exapi.writeAnswer({ result: 4711, error: null, id: '1' }, key);
 * const turns = exapi.openAnswerInTurns(body, key, '1');
 * let turn = turns.next();
 * while (!turn.done) turn = turns.next();
 * turn.value.result; // => 4711
 */
export function* openAnswerInTurns(
	body: string,
	key: ExapiKey,
	id: string,
): InTurns<{ result: unknown }> {
	const text = yield* openEnvelope(body, key);
	const answer = yield* parseJsonInTurns(text);
	if (!isObject(answer)) {
		throw new ExapiAnswerError('notAnEnvelope', 'The signed answer is not a JSON object');
	}
	checkIsAnswer(answer);
	const { result } = answer;
	checkId(answer.id, id);
	if (!isNoError(answer.error)) {
		throw new ExapiAnswerError(
			'remoteError',
			'The CRM returned an error',
			textOfError(answer.error),
		);
	}
	return { ...answer, result };
}

/**
 * Finds the envelope with a valid signature. PHP prints warnings and notices around it, and they may
 * contain text that looks like another envelope.
 */
function* openEnvelope(body: string, key: ExapiKey): InTurns<string> {
	if (body.trim() === '') throw new ExapiAnswerError('empty', 'The response is empty');
	const seen = { wrongSignature: false };
	const accept = function* (json: string): InTurns<string | undefined> {
		const envelope = parseFound(json);
		if (!isObject(envelope) || typeof envelope.answer !== 'string') return undefined;
		yield;
		const isRight = signatureMatches(envelope.answer, envelope.sign, key);
		yield;
		if (isRight) return envelope.answer;
		seen.wrongSignature = true;
		return undefined;
	};
	const found = yield* findObjectInTurns(body, MAX_VALUES, accept, true);
	if (found) return found.read;
	throw seen.wrongSignature
		? new ExapiAnswerError('wrongSignature', 'The signature of the answer is wrong')
		: noEnvelope(body);
}

function noEnvelope(body: string): ExapiAnswerError {
	return looksLikeJson(body)
		? new ExapiAnswerError(
				'notAnEnvelope',
				'The response is JSON, but not a signed exapi answer',
				excerpt(body),
			)
		: new ExapiAnswerError('notJson', 'The response is not JSON', excerpt(body));
}

/**
 * Throws for a request in place of an answer. Both are signed in the same way
 * (docs/protocols/exapi.md, 2.6), so an attacker can return our own request, with its signature,
 * without knowing the secret.
 */
function checkIsAnswer(answer: JsonObject): void {
	if ('method' in answer) {
		throw new ExapiAnswerError(
			'wrongSignature',
			'The response is a request, sent back instead of an answer',
		);
	}
	if ('result' in answer || 'error' in answer) return;
	throw new ExapiAnswerError(
		'wrongSignature',
		'The signed answer has neither a result nor an error',
	);
}

function checkId(received: unknown, sent: string): void {
	if (received === null || received === undefined || received === '') return;
	if (textOf(received) === sent) return;
	throw new ExapiAnswerError('wrongId', 'The response belongs to another request');
}
