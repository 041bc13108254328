import { createHash } from 'node:crypto';

/**
 * The answer to a challenge: md5 of token and access key in lower-case hex
 * (docs/protocols/clientright.md, 3.2). vtiger refuses the same digits in upper case
 * (docs/protocols/vtiger.md, 4.2).
 *
 * @param token as `getchallenge` gave it
 */
export function answerChallenge(token: string, accessKey: string): string {
	return createHash('md5')
		.update(token + accessKey, 'utf8')
		.digest('hex');
}
