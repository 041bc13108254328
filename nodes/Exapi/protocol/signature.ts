import { createHash, timingSafeEqual } from 'node:crypto';

/** Who sends and the secret both sides share. */
export interface ExapiKey {
	/** Identifier of the sender, at most 64 characters. */
	sender: string;
	secret: string;
}

const SIGNATURE = /^[0-9a-f]{32}$/;

/**
 * Signs a message as exapi.md asks (section on the protocol, steps 3 and 4): md5 of the JSON
 * text followed by sender and secret, as UTF-8 bytes.
 *
 * @param message the exact JSON text that goes over the wire, never a re-serialised object
 * @returns 32 lower-case hexadecimal digits
 */
export function sign(message: string, { sender, secret }: ExapiKey): string {
	return createHash('md5').update(message).update(sender).update(secret).digest('hex');
}

/**
 * Whether `signature` is the one of `message`, compared in constant time. Anything that is not
 * 32 lower-case hexadecimal digits is refused, and so is an empty secret: fail closed.
 */
export function signatureMatches(message: string, signature: unknown, key: ExapiKey): boolean {
	if (key.secret === '' || typeof signature !== 'string' || !SIGNATURE.test(signature)) {
		return false;
	}
	return timingSafeEqual(Buffer.from(sign(message, key)), Buffer.from(signature));
}
