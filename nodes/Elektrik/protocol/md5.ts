import * as crypto from 'node:crypto';

type OneShotHash = (algorithm: string, text: string) => string;

/** Node 20.12 and later; four times as fast as a Hash object for texts this short. */
const { hash } = crypto as { hash?: OneShotHash };

/** md5 of the text's UTF-8 bytes, as 32 lower-case hex digits, which is what PHP's md5() gives. */
export const md5: (text: string) => string = hash
	? (text) => hash('md5', text)
	: (text) => crypto.createHash('md5').update(text).digest('hex');
