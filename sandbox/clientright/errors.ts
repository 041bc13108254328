/** An error that vtiger answers as `{"success":false,"error":{"message","code"}}`. */
export class WebserviceError extends Error {
	override readonly name = 'WebserviceError';

	constructor(
		readonly code: string | number,
		message: string,
	) {
		super(message);
	}
}

/** Texts as recorded, vtiger's spelling included. */
const TEXTS = {
	AUTHENTICATION_REQUIRED: 'Authencation required',
	AUTHENTICATION_FAILURE: 'Authencation Failed',
	INVALID_SESSIONID: 'Session Identifier provided is Invalid',
	SESSION_EXPIRED: 'Session has life span over please login again',
	SESSION_LEFT_IDLE: 'Session has been invalidated to due lack activity',
	INVALID_AUTH_TOKEN: 'Specified token is invalid or expired',
	INVALID_USER_CREDENTIALS: 'Invalid username or password',
	OPERATION_NOT_SUPPORTED: 'Permission to perform the operation is denied',
	INVALID_ID_ATTRIBUTE: 'Id specified is incorrect',
	INTERNAL_SERVER_ERROR: 'Unknown Error while processing request',
} as const;

type KnownCode = keyof typeof TEXTS;

/** The ways in which a session can be over. */
export const SESSION_ENDS = ['INVALID_SESSIONID', 'SESSION_EXPIRED', 'SESSION_LEFT_IDLE'] as const;
export type SessionEnd = (typeof SESSION_ENDS)[number];

export function webserviceError(code: KnownCode): WebserviceError {
	return new WebserviceError(code, TEXTS[code]);
}

/** @throws WebserviceError as vtiger names a mandatory field that is empty */
export function checkFilled(name: string, value: unknown): void {
	if (value !== undefined && value !== null && value !== '') return;
	throw new WebserviceError('MANDATORY_FIELDS_MISSING', `${name} does not have a value`);
}

/** What a handler throws without vtiger's own class: its text stays inside. */
export function asWebserviceError(error: unknown): WebserviceError {
	return error instanceof WebserviceError ? error : webserviceError('INTERNAL_SERVER_ERROR');
}
