import { randomInt } from 'node:crypto';
import { PartnerError } from '../../shared/errors';
import {
	DEFAULT_MAX_ANSWER_BYTES,
	type HttpClient,
	HttpFailure,
	type HttpResponse,
	isSuccess,
	retryByStatus,
	type RetryDecision,
	retryUnanswered,
	textOfBody,
	withRetries,
} from '../../shared/http';
import { takeTurns } from '../../shared/wire';
import {
	ExapiAnswerError,
	excerpt,
	type MethodCall,
	openAnswerInTurns,
	writeRequest,
} from '../protocol';
import type { ExapiCredential } from './credential';
import {
	ambiguousRefusal,
	answerFailure,
	CLOSED,
	CHECK_BEFORE_RESENDING,
	notSentAfter,
	type RefusalSign,
	refusedByStatus,
	type RefusedRequest,
	UnsignedAnswer,
} from './failures';
import { type CallPurpose, type FirstCallGate, gateFor, waitLimit } from './gate';

/** The first id of 16 digits: all ids have as many. */
const FIRST_ID = 1e15;
/** Ids go up to the largest that a CRM can store as a JSON number, a PHP integer or a `BIGINT` without rounding. */
const ID_COUNT = Number.MAX_SAFE_INTEGER - FIRST_ID;
/** `randomInt` takes ranges below 2^48. */
const HALF = 2 ** 26;

let latest = randomStart();

/**
 * Returns an id for a call: 16 digits, as clients make it (docs/protocols/exapi.md, 3.3), below 2^53. A UUID
 * would not fit a CRM that stores ids as integers or in 32 characters.
 *
 * A process counts up from a random start, so it never returns an id twice. Two processes return the
 * same id only if their runs of numbers overlap. If each makes n calls, the odds are 2n in 8 · 10^15:
 * 1 in 400 billion after 10 seconds of 1,000 calls a second each, 1 in 127,000 after a year of that.
 * Of ids made of the second and three random digits, two clients at that pace would share thousands.
 */
function nextRequestId(): string {
	latest = (latest + 1) % ID_COUNT;
	return String(FIRST_ID + latest);
}

function randomStart(): number {
	return (randomInt(HALF * 2) * HALF + randomInt(HALF)) % ID_COUNT;
}

/** How to make a call. */
export interface CallOptions {
	/** Whether it changes data in the CRM. Only a call that does not may be repeated. */
	changes: boolean;
	/** Milliseconds for each request. */
	timeout: number;
	/** Whether to retry when it is safe; yes by default. */
	repeat?: boolean;
	/** An operation of a node by default. */
	purpose?: CallPurpose;
	signal?: AbortSignal | undefined;
}

/** Statuses of a server that refuses a request before executing it. */
const REFUSING_STATUS = new Set([401, 403]);
/**
 * Statuses that a proxy returns when the CRM closes the connection or sends nothing: 502 for most,
 * 520 for Cloudflare.
 */
const AMBIGUOUS_STATUS = new Set([502, 520]);

/** A call with its signed body, which is the same in each retry. */
interface SignedCall {
	id: string;
	body: string;
	options: CallOptions;
	/** Milliseconds of the timeout that are left for the response. */
	remaining: number;
}

/**
 * Calls a CRM's methods: signs the request, verifies the answer and returns the result.
 *
 * Its errors are `PartnerError`s. A refused request is never retried; one that changes data is retried
 * only if it certainly did not reach the CRM.
 */
export class ExapiClient {
	private readonly gate: FirstCallGate;

	/** @param run stores a refusal for all attempts of one run, so that no request follows it */
	constructor(
		private readonly credential: ExapiCredential,
		private readonly send: HttpClient,
		private readonly run: { refusal: PartnerError | undefined } = { refusal: undefined },
	) {
		this.gate = gateFor(credential);
	}

	/** Calls a method. @returns the JSON-RPC answer; the type of its `result` depends on the method */
	async call(call: MethodCall, options: CallOptions): Promise<{ result: unknown }> {
		// Retries have the same body: a CRM may recognize them by id or signature.
		const id = nextRequestId();
		const body = writeRequest({ ...call, id }, this.credential.key);
		const waitUntil = waitLimit(options.timeout);
		return await withRetries(
			async () => await this.passGate({ id, body, options }, waitUntil),
			(error) => retryDecision(error, options),
			options.signal,
		);
	}

	private async passGate(
		call: Omit<SignedCall, 'remaining'>,
		waitUntil: number,
	): Promise<{ result: unknown }> {
		const { purpose = 'operation', signal, timeout } = call.options;
		return await this.gate.pass(
			async (waited) => await this.callOnce({ ...call, remaining: timeout - waited }),
			{
				purpose,
				waitUntil,
				signal,
				timeZone: this.credential.timeZone,
				beforeSend: () => {
					if (this.run.refusal && purpose !== 'lostAnswer') throw notSentAfter(this.run.refusal);
				},
			},
		);
	}

	private async callOnce(call: SignedCall): Promise<{ result: unknown }> {
		try {
			return await this.read(await this.post(call), call);
		} catch (error) {
			const unclear = error instanceof PartnerError && error.outcome === 'unknown';
			throw unclear && call.options.changes ? error.addAdvice(CHECK_BEFORE_RESENDING) : error;
		}
	}

	private async post({ body, options, remaining }: SignedCall): Promise<HttpResponse> {
		const { url, allowUnauthorizedCerts } = this.credential;
		try {
			return await this.send({
				url,
				method: 'POST',
				headers: { 'content-type': 'application/json', accept: 'application/json' },
				body,
				timeout: options.timeout,
				remaining,
				maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES,
				allowUnauthorizedCerts,
				signal: options.signal,
			});
		} catch (error) {
			if (!isClosedAfterSending(error)) throw error;
			throw this.ambiguous({ how: CLOSED, cause: error.details.cause }, options).error;
		}
	}

	private async read(
		response: HttpResponse,
		{ id, options }: SignedCall,
	): Promise<{ result: unknown }> {
		const text = textOfBody(response);
		try {
			const answer = await takeTurns(openAnswerInTurns(text, this.credential.key, id));
			this.accepted();
			return answer;
		} catch (error) {
			if (!(error instanceof ExapiAnswerError)) throw error;
			if (error.fault === 'remoteError') this.accepted();
			else this.checkUnsigned(response, text, options);
			throw answerFailure(error);
		}
	}

	/** @throws PartnerError for a response whose status or empty body shows what is wrong */
	private checkUnsigned(response: HttpResponse, text: string, options: CallOptions): void {
		const { status } = response;
		const seen = excerpt(text);
		if (REFUSING_STATUS.has(status)) {
			const sign = { how: `it returned HTTP ${status}`, httpStatus: status, excerpt: seen };
			throw this.refused(refusedByStatus(sign), options);
		}
		if (AMBIGUOUS_STATUS.has(status)) {
			const sign = { how: `its proxy returned HTTP ${status}`, httpStatus: status, excerpt: seen };
			const { error, isRefusal } = this.ambiguous(sign, options);
			if (isRefusal) throw error;
		}
		if (!isSuccess(status)) throw new UnsignedAnswer(response, seen);
		if (text.trim() === '') {
			throw this.ambiguous({ how: `it returned HTTP ${status} without content` }, options).error;
		}
	}

	private accepted(): void {
		this.gate.sender.accept();
		this.run.refusal = undefined;
	}

	private ambiguous(
		sign: RefusalSign,
		options: CallOptions,
	): { error: RefusedRequest; isRefusal: boolean } {
		const { sender } = this.gate;
		const isRefusal = sender.countAmbiguous();
		const { wasAccepted } = sender;
		const error = ambiguousRefusal(sign, { isRefusal, wasAccepted }, options.changes);
		return { error: isRefusal ? this.refused(error, options) : error, isRefusal };
	}

	private refused(error: RefusedRequest, { purpose = 'operation' }: CallOptions): RefusedRequest {
		this.gate.sender.refuse(error, purpose);
		// It is copied because advice about this request is added to the error later.
		this.run.refusal = new PartnerError(error.message, error.details);
		return error;
	}
}

/** Whether the CRM closed the connection after it may have received the request, as a refusal does. */
function isClosedAfterSending(error: unknown): error is HttpFailure {
	return error instanceof HttpFailure && error.kind === 'closed' && error.outcome !== 'notSent';
}

function retryDecision(error: unknown, { changes, repeat = true }: CallOptions): RetryDecision {
	if (!repeat) return { again: false };
	if (error instanceof HttpFailure) {
		// A CRM may refuse a sender by closing the connection.
		return retryUnanswered(error, !changes && error.kind !== 'closed');
	}
	if (!(error instanceof UnsignedAnswer)) return { again: false };
	return retryByStatus(error.httpStatus ?? 0, error.retryAfter, !changes);
}
