import { randomBytes } from 'node:crypto';
import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { explain, InputError } from '../../shared/errors';
import {
	checkAddress,
	createCredentialTestClient,
	type HttpClient,
	type HttpResponse,
	isSuccess,
	textOfBody,
	withRetries,
} from '../../shared/http';
import {
	ElektrikMessageError,
	findUpdateAnswer,
	readUpdateAnswer,
	type UpdateAnswer,
	writeUpdateRequest,
} from '../protocol';
import {
	adviceForStatus,
	quoteResponse,
	isUidRefused,
	redactJson,
	redactText,
	retryDecision,
	UnusableAnswer,
	UpdateRefused,
} from './failures';

export const ELEKTRIK_CREDENTIAL = 'elektrikApi';

/** The validated `elektrikApi` credential. */
export interface ElektrikCredential {
	/** The portal's full URL. */
	url: string;
	/** The distributor's identifier. It is secret, because hashes are computed with it. */
	uid: string;
	allowUnauthorizedCerts: boolean;
}

/**
 * Validates what a user entered.
 *
 * @param fields the credential's values by name
 * @throws InputError that names the field and never contains the UID
 */
export function readCredential(fields: Readonly<Record<string, unknown>>): ElektrikCredential {
	// Copied text often has whitespace around it, which would change every hash.
	const uid = typeof fields.uid === 'string' ? fields.uid.trim() : '';
	if (uid === '') {
		throw new InputError(
			'The UID in the Elektrik.ru API credential is missing',
			'Enter the UID that the portal gave you.',
		);
	}
	return {
		url: checkAddress(fields.url, 'The URL in the Elektrik.ru API credential'),
		uid,
		allowUnauthorizedCerts: fields.allowUnauthorizedCerts === true,
	};
}

/** The largest response. Those of docs/protocols/elektrik.md, 3.3, have a few dozen bytes. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

const CHECK_URL =
	'Check the URL in the credential: it must be the portal’s full URL for data exchange.';

/** How to send a request. */
export interface SendOptions {
	/** Milliseconds for each request. */
	timeout: number;
	/** Whether to retry when a response was lost; yes by default. */
	repeat?: boolean;
	/** Called before each request. An error of it, such as a lost lock, ends the call. */
	beforeEach?: (() => Promise<void>) | undefined;
	signal?: AbortSignal | undefined;
}

/**
 * Sends an electrician's point balance to the portal (docs/protocols/elektrik.md, 3.2).
 *
 * @returns the portal's response as received, without the UID
 * @throws PartnerError, an {@link UpdateRefused} for `result: false`
 */
export async function updatePoints(
	send: HttpClient,
	{ url, uid, allowUnauthorizedCerts }: ElektrikCredential,
	{ phoneHash, points }: { phoneHash: string; points: number },
	{ timeout, signal, repeat = true, beforeEach }: SendOptions,
): Promise<unknown> {
	const post = async () => {
		await beforeEach?.();
		const response = await send({
			url,
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: writeUpdateRequest(phoneHash, points, uid),
			timeout,
			maxAnswerBytes: MAX_ANSWER_BYTES,
			allowUnauthorizedCerts,
			signal,
		});
		const text = textOfBody(response);
		const answer = readAnswer(response, text, uid);
		if (!answer.accepted) throw new UpdateRefused(redactText(answer.error, uid));
		return redactJson(findUpdateAnswer(text), uid);
	};
	const decide = (error: unknown) => (repeat ? retryDecision(error) : { again: false });
	return await withRetries(post, decide, signal, true);
}

/** Reads the portal's response. It may reject points with any HTTP status, but accepts them only with 2xx. */
function readAnswer(response: HttpResponse, text: string, uid: string): UpdateAnswer {
	const { status } = response;
	try {
		const answer = readUpdateAnswer(text);
		if (!answer.accepted || isSuccess(status)) return answer;
	} catch (error) {
		if (!(error instanceof ElektrikMessageError)) throw error;
	}
	const seen = quoteResponse(text, uid);
	if (isSuccess(status)) {
		throw new UnusableAnswer(
			'The portal’s response does not match its documentation',
			'unknown',
			response,
			`Check the URL in the credential, and check on the portal whether the points have arrived. ${seen}`,
		);
	}
	throw new UnusableAnswer(
		`The portal returned HTTP ${status}`,
		status >= 500 ? 'unknown' : 'rejected',
		response,
		`${adviceForStatus(status, CHECK_URL)} ${seen}`,
	);
}

const TIMEOUT = 15_000;

/**
 * Tests the `elektrikApi` credential. The portal supports one request, an update of points
 * (docs/protocols/elektrik.md, 3.8). The test sends points for a hash that belongs to nobody: a portal
 * that knows the UID rejects the hash, otherwise it rejects the UID. Nothing changes either way.
 */
export async function elektrikApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const checked = readCredential(credential.data ?? {});
		const unknownHash = { phoneHash: randomBytes(16).toString('hex'), points: 0 };
		const send = createCredentialTestClient(this.helpers);
		await updatePoints(send, checked, unknownHash, { timeout: TIMEOUT, repeat: false });
		return { status: 'OK', message: 'The portal accepts point updates' };
	} catch (error) {
		return error instanceof UpdateRefused
			? resultOfRefusal(error)
			: { status: 'Error', message: explain(error) };
	}
}

function resultOfRefusal({ error }: UpdateRefused): INodeCredentialTestResult {
	if (isUidRefused(error)) {
		return { status: 'Error', message: `The portal does not know this UID: ${error}` };
	}
	if (/phone/i.test(error) && !/uid/i.test(error)) {
		return { status: 'OK', message: 'The portal knows this UID' };
	}
	return {
		status: 'Error',
		message: `The portal responded, but did not say whether it knows this UID: ${error}`,
	};
}
