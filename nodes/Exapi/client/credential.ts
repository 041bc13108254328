import { InputError } from '../../shared/errors';
import { checkAddress } from '../../shared/http';
import { checkKey, ExapiInputError, type ExapiKey, isTimeZone } from '../protocol';

export const EXAPI_CREDENTIAL = 'exapiApi';

/** The validated `exapiApi` credential. */
export interface ExapiCredential {
	/** The full URL of the entry point; nothing is appended. */
	url: string;
	key: ExapiKey;
	/** IANA name of the zone of dates that have none. */
	timeZone: string;
	allowUnauthorizedCerts: boolean;
}

/**
 * Validates what a user entered.
 *
 * @param fields the credential's values by name
 * @throws InputError that names the field and never contains a secret
 */
export function readCredential(fields: Readonly<Record<string, unknown>>): ExapiCredential {
	const key = { sender: asText(fields.sender).trim(), secret: asText(fields.secret) };
	try {
		checkKey(key);
	} catch (error) {
		if (!(error instanceof ExapiInputError)) throw error;
		throw new InputError(
			`The ${error.field} in the Exapi API credential ${error.message}`,
			'Correct the credential.',
		);
	}
	const timeZone = asText(fields.timeZone).trim() || 'Europe/Moscow';
	if (!isTimeZone(timeZone)) {
		throw new InputError(
			`"${timeZone}" is not a time zone`,
			'Correct the CRM Time Zone in the Exapi API credential. It must be an IANA name such as Europe/Moscow.',
		);
	}
	return {
		url: checkAddress(fields.url, 'The URL in the Exapi API credential'),
		key,
		timeZone,
		allowUnauthorizedCerts: fields.allowUnauthorizedCerts === true,
	};
}

function asText(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
