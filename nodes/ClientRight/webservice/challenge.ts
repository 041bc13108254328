import { createHash } from 'node:crypto';

/**
 * The answer to a challenge: md5 of token and access key in lower-case hex (clientright-crm.md,
 * section 3). vtiger refuses the same digits in upper case (wire/README.md, login).
 *
 * @param token as `getchallenge` gave it
 */
export function answerChallenge(token: string, accessKey: string): string {
	return createHash('md5')
		.update(token + accessKey, 'utf8')
		.digest('hex');
}
