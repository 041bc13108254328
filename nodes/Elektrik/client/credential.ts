import { InputError } from '../../shared/errors';
import { checkAddress } from '../../shared/http';

export const ELEKTRIK_CREDENTIAL = 'elektrikApi';

/** The `elektrikApi` credential, checked. */
export interface ElektrikCredential {
	/** The portal's whole address. */
	url: string;
	/** The distributor's identifier; secret, since it turns phones into hashes. */
	uid: string;
	allowUnauthorizedCerts: boolean;
}

/**
 * Checks what a user typed.
 *
 * @param fields the credential's values by name
 * @throws InputError naming the field; never the uid
 */
export function readCredential(fields: Readonly<Record<string, unknown>>): ElektrikCredential {
	// What was copied brings blanks along, and they would change every hash.
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

/** Whether what is sent can be read by anybody on the way. */
export function isPlainHttp({ url }: ElektrikCredential): boolean {
	return new URL(url).protocol === 'http:';
}
