import {
	DEFAULT_MAX_ANSWER_BYTES,
	textOfBody,
	type HttpClient,
	type HttpRequest,
	type HttpResponse,
} from '../../shared/http';
import type { ClientRightCredential } from './credential';
import { openEnvelope } from './envelope';
import { RemoteError, UnusableAnswer } from './failures';
import { FORM_HEADERS, withQuery, writeForm, type WireFields } from './form';
import type { JsonObject } from '../../shared/wire';
import { excerpt, redact } from './redaction';

/** The way to one CRM. */
export interface CrmConnection {
	credential: ClientRightCredential;
	send: HttpClient;
	/** Milliseconds for a request. */
	timeout: number;
	/** Called when the CRM printed something around an answer. */
	onPrintedAround?: () => void;
}

/** A call of an operation. */
export interface WebserviceCall {
	operation: string;
	method: 'GET' | 'POST';
	/** Everything but the operation and the session. */
	fields: WireFields;
}

/** What an operation answered. */
export interface Answer {
	result: unknown;
	/** The whole envelope as it came. */
	raw: JsonObject;
}

/**
 * Sends one call and reads its answer.
 *
 * @param secrets what must not be seen in an error, even if the CRM repeats it
 * @throws HttpFailure without an HTTP answer, UnusableAnswer without an envelope, RemoteError for
 *   `success: false`
 */
export async function exchange(
	crm: CrmConnection,
	call: WebserviceCall,
	secrets: readonly string[],
	signal: AbortSignal | undefined,
): Promise<Answer> {
	const response = await crm.send({ ...requestFor(crm, call), signal });
	const hidden = [crm.credential.accessKey, ...secrets];
	const opened = openAnswer(response, call.operation, hidden);
	if (opened.printedAround) crm.onPrintedAround?.();
	const { envelope, raw } = opened;
	if (envelope.success) return { result: envelope.result, raw };
	const { code, message } = envelope.error;
	throw new RemoteError(call.operation, {
		code: redact(code, hidden),
		message: redact(message, hidden),
	});
}

function openAnswer(response: HttpResponse, operation: string, hidden: readonly string[]) {
	const text = textOfBody(response);
	const opened = openEnvelope(text);
	if (opened) return opened;
	throw new UnusableAnswer(operation, response, excerpt(text, hidden));
}

function requestFor(
	{ credential, timeout }: CrmConnection,
	{ operation, method, fields }: WebserviceCall,
): HttpRequest {
	const { url, allowUnauthorizedCerts } = credential;
	const limits = { timeout, allowUnauthorizedCerts, maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES };
	const all = { operation, ...fields };
	return method === 'GET'
		? { ...limits, method, url: withQuery(url, all), headers: { accept: 'application/json' } }
		: { ...limits, method, url, headers: { ...FORM_HEADERS }, body: writeForm(all) };
}
