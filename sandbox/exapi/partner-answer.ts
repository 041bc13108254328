import { ExapiAnswerError, openAnswer, type ExapiKey } from '../../nodes/Exapi/protocol';
import { isObject, parseJson } from '../../nodes/shared/wire';

/** What a partner may believe of an answer: all of it, when it is signed for it, or nothing. */
export type PartnerAnswer =
	| { verified: true; result: unknown; error: unknown; id: unknown }
	/** `reason`: why it is not believed. */
	| { verified: false; reason: string };

/**
 * Opens an answer as a partner does that takes docs/protocols/exapi.md to the letter: the body is
 * JSON from its first byte on, signed, and belongs to the request.
 *
 * @param id of the request
 */
export function readPartnerAnswer(body: string, key: ExapiKey, id: string): PartnerAnswer {
	try {
		openAnswer(body, key, id);
	} catch (error) {
		if (!(error instanceof ExapiAnswerError)) throw error;
		if (error.fault !== 'remoteError') return { verified: false, reason: reasonOf(error) };
	}
	const envelope = parseJson(body);
	const answer = isObject(envelope) ? parseJson(String(envelope.answer)) : undefined;
	if (!isObject(answer)) {
		return { verified: false, reason: 'There is other text in front of the signed answer' };
	}
	return { verified: true, result: answer.result, error: answer.error, id: answer.id };
}

function reasonOf({ message, detail }: ExapiAnswerError): string {
	return detail === '' ? message : `${message}: ${detail}`;
}
