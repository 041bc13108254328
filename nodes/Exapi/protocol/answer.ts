import { findObject, looksLikeJson, parseFound, writeJson } from '../../shared/wire';
import { ExapiAnswerError } from './errors';
import { isObject, parseJson, textOf, type JsonObject } from './json';
import { isNoError, textOfError } from './remote-error';
import type { RequestId } from './request';
import { sign, signatureMatches, type ExapiKey } from './signature';
import { MAX_VALUES } from './structure';

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
	const text = openEnvelope(body, key);
	const answer = parseJson(text);
	if (!isObject(answer)) {
		throw new ExapiAnswerError('notAnEnvelope', 'The signed answer is not a JSON object');
	}
	checkIsAnswer(answer);
	const { result } = answer;
	checkId(answer.id, id);
	if (!isNoError(answer.error)) {
		throw new ExapiAnswerError(
			'remoteError',
			'The CRM answered with an error',
			textOfError(answer.error),
		);
	}
	return { ...answer, result };
}

/**
 * Finds the envelope whose signature is right. PHP prints warnings and notices around it, which may
 * hold what looks like another one.
 */
function openEnvelope(body: string, key: ExapiKey): string {
	if (body.trim() === '') throw new ExapiAnswerError('empty', 'The answer is empty');
	const seen = { wrongSignature: false };
	const accept = (json: string): string | undefined => {
		const envelope = parseFound(json);
		if (!isObject(envelope) || typeof envelope.answer !== 'string') return undefined;
		if (signatureMatches(envelope.answer, envelope.sign, key)) return envelope.answer;
		seen.wrongSignature = true;
		return undefined;
	};
	const found = findObject(body, MAX_VALUES, accept, true);
	if (found) return found.read;
	throw seen.wrongSignature
		? new ExapiAnswerError('wrongSignature', 'The signature of the answer is wrong')
		: noEnvelope(body);
}

function noEnvelope(body: string): ExapiAnswerError {
	return looksLikeJson(body)
		? new ExapiAnswerError(
				'notAnEnvelope',
				'The answer is JSON, but not a signed exapi answer',
				excerpt(body),
			)
		: new ExapiAnswerError('notJson', 'The answer is not JSON', excerpt(body));
}

/**
 * Requests and answers are signed alike (docs/protocols/exapi.md, 2.6): who sends our own request back has
 * its signature, and knows no secret.
 */
function checkIsAnswer(answer: JsonObject): void {
	if ('method' in answer) {
		throw new ExapiAnswerError(
			'wrongSignature',
			'The answer is a request, sent back instead of an answer',
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
	throw new ExapiAnswerError('wrongId', 'The answer belongs to another request');
}

/** The first characters of a body, on one line, for a person to recognise a page by. */
export function excerpt(body: string): string {
	// A body has megabytes, and only its beginning is shown.
	const beginning = body.trimStart().slice(0, LOOKED_AT);
	const line = beginning.replace(/\s+/g, ' ').trim();
	return line.length > EXCERPT_LENGTH ? `${line.slice(0, EXCERPT_LENGTH)}…` : line;
}
