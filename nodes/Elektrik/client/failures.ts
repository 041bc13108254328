import { type CallOutcome, PartnerError } from '../../shared/errors';
import {
	HttpFailure,
	type HttpResponse,
	parseRetryAfter,
	retryByStatus,
	type RetryDecision,
	retryUnanswered,
} from '../../shared/http';
import { isObject, type JsonObject } from '../../shared/wire';
import { excerpt } from '../../shared/wire/text';

const MASK = '***';

/** Masks a secret in a text, in any case, and also URL-encoded. */
export function redactText(text: string, secret: string): string {
	if (secret === '') return text;
	return [secret, encodeURIComponent(secret)].reduce(
		(clean, written) => clean.replaceAll(new RegExp(escapeRegExp(written), 'gi'), MASK),
		text,
	);
}

/**
 * Masks a secret everywhere in parsed JSON, field names included. It modifies the value.
 *
 * @returns the value, or the mask for a secret
 */
export function redactJson(value: unknown, secret: string): unknown {
	const top: JsonObject = { value };
	// It does not recurse, because JSON may be nested deeper than the stack allows.
	const waiting: Array<JsonObject | unknown[]> = [top];
	for (let place = waiting.pop(); place; place = waiting.pop()) {
		const entries = Object.entries(place);
		if (!Array.isArray(place))
			for (const name of Object.keys(place)) Reflect.deleteProperty(place, name);
		for (const [name, content] of entries) {
			const safe = redactScalar(content, secret);
			if (Array.isArray(place)) place[Number(name)] = safe;
			else define(place, redactText(name, secret), safe);
			if (isObject(safe) || Array.isArray(safe)) waiting.push(safe);
		}
	}
	return top.value;
}

/** Defines a property. Assigning `__proto__` would change the prototype instead. */
function define(place: JsonObject, name: string, value: unknown): void {
	const options = { enumerable: true, writable: true, configurable: true };
	Object.defineProperty(place, name, { value, ...options });
}

function redactScalar(value: unknown, secret: string): unknown {
	if (typeof value === 'string') return redactText(value, secret);
	return typeof value === 'number' && String(value) === secret ? MASK : value;
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** An HTTP response that differs from docs/protocols/elektrik.md. */
export class UnusableAnswer extends PartnerError {
	override readonly name = 'UnusableAnswer';
	/** Milliseconds to wait before the next request, as the server asks. */
	readonly retryAfter: number | undefined;

	constructor(message: string, outcome: CallOutcome, response: HttpResponse, description: string) {
		super(message, { outcome, httpStatus: response.status, description });
		this.retryAfter = parseRetryAfter(response.headers['retry-after']);
	}
}

/** The portal received the update and rejected it (docs/protocols/elektrik.md, 3.4). */
export class UpdateRefused extends PartnerError {
	override readonly name = 'UpdateRefused';

	/** @param error the portal's error text, which never contains the UID */
	constructor(readonly error: string) {
		super(`The portal did not accept the points: ${error === '' ? 'it gave no reason' : error}`, {
			outcome: 'rejected',
			description: adviceFor(error),
		});
	}
}

/** Whether the portal's error text is about the UID alone. */
export function isUidRefused(error: string): boolean {
	return /uid/i.test(error) && !/phone/i.test(error);
}

function adviceFor(error: string): string {
	if (isUidRefused(error)) {
		return 'Check the UID in the credential: it must be the one that the portal gave you (uid дистрибьютора).';
	}
	if (/phone/i.test(error) && !/uid/i.test(error)) {
		return 'The portal knows no electrician with this phone. Check the phone, and the UID in the credential: hashes are made with it.';
	}
	return 'Check the UID in the credential and the phone: the hash depends on both.';
}

/**
 * Returns advice for an HTTP status other than success.
 *
 * @param checkAddress the advice for when another server most likely responded
 */
export function adviceForStatus(status: number, checkAddress: string): string {
	if (status >= 500) return 'The server could not process the request. Try again later.';
	if (status === 429) {
		return 'The server limits the number of requests. Lower the concurrency in the options, or try again later.';
	}
	return checkAddress;
}

/** Decides whether to retry. An update sets a value and a check reads one, so both may be repeated. */
export function retryDecision(error: unknown): RetryDecision {
	if (error instanceof HttpFailure) return retryUnanswered(error, true);
	if (!(error instanceof UnusableAnswer)) return { again: false };
	return retryByStatus(error.httpStatus ?? 0, error.retryAfter, true);
}

/** Returns a sentence with the first characters of a response, without the secret. */
export function quoteResponse(text: string, secret = ''): string {
	const shown = excerpt(redactText(text, secret));
	return shown === '' ? 'Its response was empty.' : `Its response: ${shown}`;
}
