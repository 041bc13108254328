import { InputError } from '../errors';

const BLANK = /[\s\p{Cc}]/u;

/**
 * Checks an entry point before anything is sent.
 *
 * @param field how the form calls it
 * @throws InputError for what is not an http or https address
 */
export function checkAddress(address: unknown, field: string): string {
	const text = typeof address === 'string' ? address.trim() : '';
	if (text === '')
		throw new InputError(
			`${field} is empty`,
			'Give the whole address, beginning with https:// or http://.',
		);
	// The parser would leave tabs and line breaks out, and others who read the address would not.
	const url = !BLANK.test(text) && URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
		throw new InputError(`${field} is not an address`, 'It must begin with https:// or http://.');
	}
	if (url.username !== '' || url.password !== '') {
		throw new InputError(
			`${field} holds a user name or password`,
			'Addresses are shown in errors and logs; take it out.',
		);
	}
	return text;
}
