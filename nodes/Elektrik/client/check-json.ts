import { PartnerError } from '../../shared/errors';
import {
	type HttpClient,
	type HttpResponse,
	isSuccess,
	textOfBody,
	withRetries,
} from '../../shared/http';
import { isObject } from '../../shared/wire';
import {
	ElektrikInputError,
	ElektrikMessageError,
	findCheckAnswer,
	readCheckAnswer,
	type UserCheck,
	writeCheckRequest,
} from '../protocol';
import { adviceForStatus, quoteResponse, retryDecision, UnusableAnswer } from './failures';
import { MAX_ANSWER_BYTES, type SendOptions } from './portal';

/** Sends a check of an electrician to a distributor's endpoint, as the portal does. */
export type Checker = (
	phoneHash: string,
	options: SendOptions,
) => Promise<{
	check: UserCheck;
	/** The response as received. */
	raw: unknown;
}>;

/** The endpoint to check, and how to send to it. */
export interface CheckedEndpoint {
	/** Complete; for SOAP its WSDL is at the same address with `?wsdl`. */
	endpoint: string;
	allowUnauthorizedCerts: boolean;
	send: HttpClient;
}

const CHECK_ENDPOINT =
	'Check the endpoint: it must be the full URL that the portal sends checks to.';

/** Creates a checker that uses JSON (docs/protocols/elektrik.md, 2.2). Its errors are `PartnerError`s. */
export function jsonChecker(target: CheckedEndpoint): Checker {
	const { endpoint, allowUnauthorizedCerts, send } = target;
	return async (phoneHash, { timeout, signal }) => {
		const ask = async () => {
			const response = await send({
				url: endpoint,
				method: 'POST',
				headers: { 'content-type': 'application/json', accept: 'application/json' },
				body: writeCheckRequest(phoneHash),
				timeout,
				maxAnswerBytes: MAX_ANSWER_BYTES,
				allowUnauthorizedCerts,
				signal,
			});
			return readResponse(response, phoneHash);
		};
		return await withRetries(ask, retryDecision, signal);
	};
}

function readResponse(
	response: HttpResponse,
	phoneHash: string,
): { check: UserCheck; raw: unknown } {
	const text = textOfBody(response);
	const raw = findCheckAnswer(text);
	if (!isSuccess(response.status)) throw failureOf(response, raw, quoteResponse(text, phoneHash));
	return { check: readCheckResult(raw, quoteResponse(text, phoneHash)), raw };
}

function failureOf(response: HttpResponse, raw: unknown, seen: string): UnusableAnswer {
	const error = isObject(raw) && typeof raw.error === 'string' ? raw.error : undefined;
	return new UnusableAnswer(
		`The endpoint returned HTTP ${response.status}${error === undefined ? '' : `: ${error}`}`,
		'rejected',
		response,
		error === undefined
			? `${adviceForStatus(response.status, CHECK_ENDPOINT)} ${seen}`
			: 'This text comes from the endpoint. If it is one of your workflows, check its executions.',
	);
}

/**
 * Reads an endpoint's response to a check.
 *
 * @param seen the part of the response to show when it cannot be used
 * @throws PartnerError
 */
export function readCheckResult(answer: unknown, seen: string): UserCheck {
	try {
		return readCheckAnswer(answer);
	} catch (error) {
		if (error instanceof ElektrikInputError) {
			throw unusable(`"${error.field}" in the response ${error.message}`, seen);
		}
		throw error instanceof ElektrikMessageError ? unusable(error.message, seen) : error;
	}
}

function unusable(message: string, seen: string): PartnerError {
	return new PartnerError(message, {
		outcome: 'rejected',
		description: `The portal expects {"exist": true, "points": 99} or {"exist": false}. ${seen}`,
	});
}
