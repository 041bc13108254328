import { InputError } from '../../shared/errors';
import { checkAddress } from '../../shared/http';

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

/** Whether requests are sent unencrypted. */
export function isPlainHttp({ url }: ElektrikCredential): boolean {
	return new URL(url).protocol === 'http:';
}
