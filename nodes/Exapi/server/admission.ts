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

/** A request that is to be answered, whatever happens. */
export interface AuthenticatedRequest {
	request: ExapiRequest;
	key: ExapiKey;
	/** The signature as it came; a request that is sent again word for word has the same. */
	signature: string;
	/** Of the partner's two secrets the one that the request is signed with. */
	signedWith: 'current' | 'previous';
}

const SIGNATURE_LENGTH = 32;
/**
 * Compared in the place of secrets that a sender does not have, so that an unknown sender and one
 * with a single secret cost the same work as one with all, and the time tells nothing.
 */
const DUMMY_SECRETS: readonly string[] = Array.from({ length: MAX_SECRETS }, () =>
	randomBytes(16).toString('hex'),
);

/**
 * Decides whether a request is heard: bans, then the signature
 * (docs/protocols/exapi.md, 1.6 and 1.7).
 *
 * @param body text of the POST
 * @param address of the sender, as n8n sees it
 * @returns the request, or `undefined` when nothing is owed to its sender
 * @throws ExapiRequestError with how to answer, when the signature is right and the rest is not
 */
export async function authenticate(
	body: string,
	address: string,
	partners: Partners,
	bans: BanList,
): Promise<AuthenticatedRequest | undefined> {
	const message = await tryReadMessage(body);
	const secrets = partners.get(message?.sender ?? '');
	const offender = { network: networkOf(address), sender: secrets && message?.sender };
	const key = await bans.attempt(offender, () => message && findSender(message, secrets));
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
	// Its length is looked at before anything is hashed.
	if (typeof message.sign !== 'string' || message.sign.length !== SIGNATURE_LENGTH)
		return undefined;
	const candidates = DUMMY_SECRETS.map((dummy, index) => secrets?.[index] ?? dummy);
	const key = findKey(message, candidates);
	return key && secrets?.includes(key.secret) ? key : undefined;
}
