import { createHash } from 'node:crypto';
import { InputError } from '../../shared/errors';
import { checkAddress } from '../../shared/http';

export const CLIENT_RIGHT_CREDENTIAL = 'clientRightApi';

/** The validated `clientRightApi` credential. */
export interface ClientRightCredential {
	/** The full URL of webservice.php. */
	url: string;
	username: string;
	accessKey: string;
	allowUnauthorizedCerts: boolean;
}

/**
 * Validates what a user entered.
 *
 * @param fields the credential's values by name
 * @throws InputError that names the field and never contains the access key
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

/** Returns an identifier of a credential without its key. Another key is another credential. */
export function fingerprint({ url, username, accessKey }: ClientRightCredential): string {
	return createHash('sha256')
		.update(JSON.stringify([url, username, accessKey]))
		.digest('hex');
}

/** Removes whitespace, which a copied key may have and a valid key never has. */
function asText(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function missing(field: string): InputError {
	return new InputError(
		`The ${field} in the ClientRight API credential is missing`,
		'Complete the credential.',
	);
}
