import { createHash, timingSafeEqual } from 'node:crypto';

/** Who sends and the secret both sides share. */
export interface ExapiKey {
	/** Identifier of the sender, at most 64 characters. */
	sender: string;
	secret: string;
}

const SIGNATURE = /^[0-9a-f]{32}$/;

/**
 * Signs a message (docs/protocols/exapi.md, 2.3): md5 of the JSON text followed by sender and secret,
 * as UTF-8 bytes.
 *
 * @param message the exact JSON text that goes over the wire, never a re-serialised object
 * @returns 32 lower-case hexadecimal digits
 */
export function sign(message: string, { sender, secret }: ExapiKey): string {
	return createHash('md5').update(message).update(sender).update(secret).digest('hex');
}

/** Half a character, which JSON can write, and UTF-8 only as the bytes of U+FFFD (docs/protocols/exapi.md, 2.9). */
const HALF_CHARACTER = /\p{Surrogate}/u;

/** As {@link secretOf}, for one secret. */
export function signatureMatches(message: string, signature: unknown, key: ExapiKey): boolean {
	return secretOf({ message, signature, sender: key.sender }, [key.secret]) !== undefined;
}

/**
 * The secret that a message is signed with, compared in constant time. Anything that is not 32
 * lower-case hexadecimal digits is refused, and so is an empty secret: fail closed. So is a message
 * with half a character: it would have the signature of another one.
 */
export function secretOf(
	{ message, signature, sender }: { message: string; signature: unknown; sender: string },
	secrets: readonly string[],
): string | undefined {
	if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return undefined;
	// A message of megabytes is hashed once: the time does not tell how many secrets a sender has.
	const signed = createHash('md5').update(message).update(sender);
	let secret: string | undefined;
	// All secrets are compared, also behind the right one, so that the time tells nothing.
	for (const candidate of secrets) {
		const expected = signed.copy().update(candidate).digest('hex');
		const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
		if (isRight && candidate !== '') secret ??= candidate;
	}
	return secret === undefined || HALF_CHARACTER.test(message) ? undefined : secret;
}
