import { PartnerError } from '../../shared/errors';
import {
	DEFAULT_MAX_ANSWER_BYTES,
	HttpFailure,
	repeating,
	textOfBody,
	type HttpClient,
	type HttpResponse,
	type Repetition,
} from '../../shared/http';
import { ExapiAnswerError, excerpt, openAnswer, writeRequest, type MethodCall } from '../protocol';
import { gateFor, type AdmissionGate } from './admission-gate';
import type { ExapiCredential } from './credential';
import { answerFailure, LOOK_FIRST, notSentAfter, refusal, UnsignedAnswer } from './failures';
import { nextRequestId } from './request-id';

/** How a call is made. */
export interface CallOptions {
	/** Whether it changes something at the CRM; only what does not may be asked again. */
	changes: boolean;
	/** Milliseconds for each request. */
	timeout: number;
	/** Whether to ask again where that is safe; yes by default. */
	repeat?: boolean;
	signal?: AbortSignal | undefined;
}

/** Answers that ask to come back; without a signature they were given by a server in between. */
const PASSING_STATUS = new Set([502, 503, 504]);

/**
 * Calls a CRM's methods: signs the request, verifies the answer, gives the result.
 *
 * Errors are `PartnerError`s. A request that the CRM refused is never repeated; one that changes
 * something only if it surely did not reach the CRM.
 */
export class ExapiClient {
	private readonly gate: AdmissionGate;

	/** @param run remembers a refusal across the attempts of one run, so that none follows it */
	constructor(
		private readonly credential: ExapiCredential,
		private readonly send: HttpClient,
		private readonly run: { refusal: PartnerError | undefined } = { refusal: undefined },
	) {
		this.gate = gateFor(credential);
	}

	/** @returns the JSON-RPC answer; its `result` is of whatever type the method has */
	async call(call: MethodCall, options: CallOptions): Promise<{ result: unknown }> {
		// Made once: a CRM may recognize a repetition by its id, or by its signature.
		const id = nextRequestId();
		const body = writeRequest({ ...call, id }, this.credential.key);
		return await repeating(
			async () =>
				await this.gate.pass(
					async () => await this.callOnce({ id, body }, options),
					() => {
						if (this.run.refusal) throw notSentAfter(this.run.refusal);
					},
				),
			(error) => judge(error, options),
			options.signal,
		);
	}

	private async callOnce(
		{ id, body }: { id: string; body: string },
		options: CallOptions,
	): Promise<{ result: unknown }> {
		try {
			const response = await this.post(body, options);
			return this.read(response, id, options.changes);
		} catch (error) {
			const unclear = error instanceof PartnerError && error.outcome === 'unknown';
			throw unclear && options.changes ? error.advise(LOOK_FIRST) : error;
		}
	}

	private async post(body: string, options: CallOptions): Promise<HttpResponse> {
		const { url, allowUnauthorizedCerts } = this.credential;
		try {
			return await this.send({
				url,
				method: 'POST',
				headers: { 'content-type': 'application/json', accept: 'application/json' },
				body,
				timeout: options.timeout,
				maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES,
				allowUnauthorizedCerts,
				signal: options.signal,
			});
		} catch (error) {
			if (!(error instanceof HttpFailure) || error.kind !== 'closed') throw error;
			throw this.refused('it closed the connection without an answer', options.changes);
		}
	}

	private read(response: HttpResponse, id: string, changes: boolean): { result: unknown } {
		const text = textOfBody(response);
		try {
			const answer = openAnswer(text, this.credential.key, id);
			this.gate.accepted();
			return answer;
		} catch (error) {
			if (!(error instanceof ExapiAnswerError)) throw error;
			if (error.fault === 'remoteError') this.gate.accepted();
			else if (response.status < 200 || response.status > 299) {
				throw new UnsignedAnswer(response, excerpt(text));
			} else if (error.fault === 'empty') {
				throw this.refused(`it answered HTTP ${response.status} without content`, changes);
			}
			throw answerFailure(error);
		}
	}

	private refused(how: string, changes: boolean): PartnerError {
		const trusted = this.gate.isOpen;
		const error = refusal(how, trusted, changes);
		this.gate.refused();
		if (!trusted) this.run.refusal = error;
		return error;
	}
}

function judge(error: unknown, { changes, repeat = true }: CallOptions): Repetition {
	if (!repeat) return { again: false };
	if (error instanceof HttpFailure) {
		const wasLost = ['timeout', 'broken'].includes(error.kind);
		return { again: error.noConnection || (!changes && wasLost) };
	}
	if (error instanceof UnsignedAnswer) {
		const status = error.httpStatus ?? 0;
		const again = status === 429 || (!changes && PASSING_STATUS.has(status));
		return again && error.retryAfter !== undefined ? { again, after: error.retryAfter } : { again };
	}
	return { again: false };
}
