import { createHash } from 'node:crypto';
import { InputError } from '../../shared/errors';
import { checkAddress } from '../../shared/http';

export const CLIENT_RIGHT_CREDENTIAL = 'clientRightApi';

/** The `clientRightApi` credential, checked. */
export interface ClientRightCredential {
	/** The whole address of webservice.php. */
	url: string;
	username: string;
	accessKey: string;
	allowUnauthorizedCerts: boolean;
}

/**
 * Checks what a user typed.
 *
 * @param fields the credential's values by name
 * @throws InputError naming the field; never the access key
 */
export function readCredential(fields: Readonly<Record<string, unknown>>): ClientRightCredential {
	const credential = {
		url: checkAddress(fields.url, 'The URL in the ClientRight API credential'),
		username: asText(fields.username),
		accessKey: asText(fields.accessKey),
		allowUnauthorizedCerts: fields.allowUnauthorizedCerts === true,
	};
	if (credential.username === '') throw missing('username');
	if (credential.accessKey === '') throw missing('access key');
	return credential;
}

/** Whether what is sent can be read by anybody on the way. */
export function isPlainHttp({ url }: ClientRightCredential): boolean {
	return new URL(url).protocol === 'http:';
}

/** Tells credentials apart without holding the key; another key is another credential. */
export function fingerprint({ url, username, accessKey }: ClientRightCredential): string {
	return createHash('sha256')
		.update(JSON.stringify([url, username, accessKey]))
		.digest('hex');
}

/** A key that was copied brings blanks along, and no key has any. */
function asText(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function missing(field: string): InputError {
	return new InputError(
		`The ${field} in the ClientRight API credential is missing`,
		'Complete the credential.',
	);
}
