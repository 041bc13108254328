import { createHash, timingSafeEqual } from 'node:crypto';

/** The sender, and the secret that both sides share. */
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
 * @param message the exact JSON text that goes over the wire, never a re-serialized object
 * @returns 32 lower-case hexadecimal digits
 *
 * @example
 * exapi.sign('{"method":"addOrder","params":[],"id":"1"}', { sender: 'partner_7', secret: 'invented' });
 * // => '4a6a98a83da1a85c4217c39adaa82660'
 */
export function sign(message: string, { sender, secret }: ExapiKey): string {
	return createHash('md5').update(message).update(sender).update(secret).digest('hex');
}

/**
 * Whether the text contains a lone surrogate: JSON can write one, UTF-8 turns it into U+FFFD
 * (docs/protocols/exapi.md, 2.9).
 */
function holdsHalfCharacter(text: string): boolean {
	// Every Node.js that n8n supports has isWellFormed(); the type definitions have it since ES2024.
	return !(text as string & { isWellFormed(): boolean }).isWellFormed();
}

/**
 * Checks a signature against one secret, as {@link findMatchingSecret} does.
 *
 * @example
 * const key = { sender: 'partner_7', secret: 'invented' };
 * const message = '{"method":"addOrder","params":[],"id":"1"}';
 * exapi.signatureMatches(message, exapi.sign(message, key), key); // => true
 * exapi.signatureMatches(`${message} `, exapi.sign(message, key), key); // => false
 */
export function signatureMatches(message: string, signature: unknown, key: ExapiKey): boolean {
	return findMatchingSecret({ message, signature, sender: key.sender }, [key.secret]) !== undefined;
}

/**
 * Finds the secret that a message was signed with, comparing in constant time. It finds none for a
 * signature that is not 32 lower-case hexadecimal digits, for an empty secret, and for a message with
 * a lone surrogate, which would have the signature of another message.
 *
 * @example
 * const sender = 'partner_7';
 * const signature = exapi.sign('{}', { sender, secret: 'new' });
 * exapi.findMatchingSecret({ message: '{}', signature, sender }, ['old', 'new']); // => 'new'
 * exapi.findMatchingSecret({ message: '{}', signature, sender }, ['old']); // => undefined
 */
export function findMatchingSecret(
	{ message, signature, sender }: { message: string; signature: unknown; sender: string },
	secrets: readonly string[],
): string | undefined {
	if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return undefined;
	// The message is hashed once, so that the time does not reveal how many secrets a sender has.
	const signed = createHash('md5').update(message).update(sender);
	let secret: string | undefined;
	// All secrets are compared, even after a match, so that the time reveals nothing.
	for (const candidate of secrets) {
		const expected = signed.copy().update(candidate).digest('hex');
		const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
		if (isRight && candidate !== '') secret ??= candidate;
	}
	return secret === undefined || holdsHalfCharacter(message) ? undefined : secret;
}
