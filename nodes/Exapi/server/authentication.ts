import { randomBytes } from 'node:crypto';
import { networkOf } from '../../shared/webhook';
import { takeTurns } from '../../shared/wire';
import {
	ExapiRequestError,
	findKey,
	readMessageInTurns,
	readRequestInTurns,
	type ExapiRequest,
	type ExapiKey,
	type SignedMessage,
} from '../protocol';
import type { BanList } from './bans';
import { MAX_SECRETS, type Partners } from './partners';

/** A request with a valid signature, which must get a signed response. */
export interface AuthenticatedRequest {
	request: ExapiRequest;
	key: ExapiKey;
	/** The signature as received. An identical request has the same. */
	signature: string;
	/** Of the partner's two secrets the one that the request is signed with. */
	signedWith: 'current' | 'previous';
}

const SIGNATURE_LENGTH = 32;
/**
 * Compared in place of the secrets that a sender does not have, so that a check takes the same time for
 * an unknown sender, for one with a single secret and for one with all, and the time reveals nothing.
 */
const DUMMY_SECRETS: readonly string[] = Array.from({ length: MAX_SECRETS }, () =>
	randomBytes(16).toString('hex'),
);

/**
 * Authenticates a request: checks bans, then the signature (docs/protocols/exapi.md, 1.6 and 1.7).
 *
 * @param body text of the POST
 * @param address the sender's address, as n8n sees it
 * @returns the request, or `undefined` when it must not get a response
 * @throws ExapiRequestError with `answerTo`, when the signature is valid and the request is not
 */
export async function authenticate(
	body: string,
	address: string,
	partners: Partners,
	bans: BanList,
): Promise<AuthenticatedRequest | undefined> {
	const message = await tryReadMessage(body);
	const secrets = partners.get(message?.sender ?? '');
	const source = { network: networkOf(address), sender: secrets && message?.sender };
	const key = await bans.attempt(source, () => message && findSender(message, secrets));
	if (!key || !message) return undefined;
	const request = await takeTurns(readRequestInTurns(message.request, key));
	const signedWith = secrets?.[0] === key.secret ? 'current' : 'previous';
	return { request, key, signature: String(message.sign), signedWith };
}

async function tryReadMessage(body: string): Promise<SignedMessage | undefined> {
	try {
		return await takeTurns(readMessageInTurns(body));
	} catch (error) {
		if (error instanceof ExapiRequestError) return undefined;
		throw error;
	}
}

function findSender(
	message: SignedMessage,
	secrets: readonly string[] | undefined,
): ExapiKey | undefined {
	// The length is checked before anything is hashed.
	if (typeof message.sign !== 'string' || message.sign.length !== SIGNATURE_LENGTH)
		return undefined;
	const candidates = DUMMY_SECRETS.map((dummy, index) => secrets?.[index] ?? dummy);
	const key = findKey(message, candidates);
	return key && secrets?.includes(key.secret) ? key : undefined;
}
