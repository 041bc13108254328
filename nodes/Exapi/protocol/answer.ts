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
import {
	ExapiAnswerError,
	type ExapiKey,
	MAX_VALUES,
	type RequestId,
	sign,
	signatureMatches,
} from './message';

const LONGEST_TEXT = 1_000;
/** An error is for a person to read; a list of thousands is not looked through. */
const MOST_PARTS = 20;
const TOO_DEEP = 'an error nested too deeply to be shown';
/** How PHP writes nothing as text: an error code of 0, and what was encoded twice. */
const NOTHING = /^(?:0+(?:\.0+)?|null|false|\[\s*\]|\{\s*\})?$/i;

/**
 * Whether an `error` says that there is none. PHP has many spellings of `null`
 * (docs/protocols/exapi.md, 4.2). Taken for an error, any of them would have an order that was added sent again. Text, a
 * number other than 0 and `true` say something, wherever in a list or an object they are. What the
 * method then makes of a result that is missing beside is for its own reader to say.
 */
function isNoError(error: unknown): boolean {
	return leavesOf(error).next().done === true;
}

/** The CRM's error for a person: the texts in a list or an object, with its codes behind them. */
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

/** A value that says something, with its name; an entry of a list has that of its list. */
interface Leaf {
	name: string;
	value: unknown;
}

/**
 * The values in an error that say something, in their order. They are found without recursion: an
 * error may be nested deeper than the stack is.
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

/** `undefined` for what is nested too deeply to be written. */
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
	/** `null` from servers that read it from the wrong object (docs/protocols/exapi.md, 4.3). */
	id: RequestId;
}

const EXCERPT_LENGTH = 200;
const LOOKED_AT = 10_000;

/** Writes the signed body of an answer: `{sign, answer}` with `answer` as JSON text. */
export function writeAnswer(answer: ExapiAnswer, key: ExapiKey): string {
	const text = writeJson({ result: answer.result, error: answer.error, id: answer.id });
	return JSON.stringify({ sign: sign(text, key), answer: text });
}

/**
 * Opens a signed answer.
 *
 * @param body text of the HTTP answer, whatever was printed around the envelope
 * @param id the id that was sent; `null` or nothing in the answer is accepted too
 * @returns the JSON-RPC answer as it is inside, its error checked to be none
 * @throws ExapiAnswerError saying what is wrong with the answer, see {@link ExapiAnswerError.fault}
 */
export function openAnswer(body: string, key: ExapiKey, id: string): { result: unknown } {
	return atOnce(openAnswerInTurns(body, key, id));
}

/** As {@link openAnswer}; others get their turn while an answer of megabytes is opened. */
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
 * Finds the envelope whose signature is right. PHP prints warnings and notices around it, which may
 * hold what looks like another one.
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
 * Requests and answers are signed alike (docs/protocols/exapi.md, 2.6): who sends our own request back has
 * its signature, and knows no secret.
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

/** The first characters of a body, on one line, for a person to recognise a page by. */
export function excerpt(body: string): string {
	// A body has megabytes, and only its beginning is shown.
	const beginning = body.trimStart().slice(0, LOOKED_AT);
	const line = beginning.replace(/\s+/g, ' ').trim();
	return line.length > EXCERPT_LENGTH ? `${line.slice(0, EXCERPT_LENGTH)}…` : line;
}
