import { FieldError } from './records';

/** JSON can write half a character, an address cannot. */
const HALF_CHARACTER = /\p{Surrogate}/gu;
const ABSOLUTE = /^[a-z][a-z\d+.-]*:/i;

/**
 * The address of a file of the CRM: its path is relative to the folder of webservice.php
 * (docs/protocols/clientright.md, 4.4). A path that is a whole address is kept.
 *
 * @param webserviceUrl the credential's URL
 */
export function fileAddress(path: string, webserviceUrl: string): string {
	if (ABSOLUTE.test(path) && URL.canParse(path)) return new URL(path).href;
	const whole = path.replace(/^\/+/, '').replace(HALF_CHARACTER, '\ufffd');
	const relative = whole.split('/').map(encodeURIComponent).join('/');
	return new URL(`./${relative}`, webserviceUrl).href;
}

/**
 * The address to download from.
 *
 * @throws FieldError when it leads out of the CRM: to another host, or above its folder
 */
export function ownFileAddress(path: string, webserviceUrl: string): string {
	if (path.trim() === '') throw new FieldError('path', 'is missing');
	if (climbs(path)) throw new FieldError('path', 'must not lead upwards with ".."');
	const address = new URL(fileAddress(path.trim(), webserviceUrl));
	if (address.username !== '' || address.password !== '') {
		throw new FieldError('path', 'must not hold a user or a password');
	}
	const folder = new URL('.', webserviceUrl);
	if (address.origin !== folder.origin || !address.pathname.startsWith(folder.pathname)) {
		throw new FieldError(
			'path',
			`must be within the CRM, ${folder.href}: files of other places are not downloaded`,
		);
	}
	return address.href;
}

function climbs(path: string): boolean {
	return path
		.replace(/%2e/gi, '.')
		.split(/[/\\]|%2f|%5c/i)
		.includes('..');
}
