import type { HttpResponse } from './exchange';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });
const CHARSET = /charset\s*=\s*"?([\w-]+)/i;

/**
 * Decodes the body: as UTF-8 if it is valid UTF-8, whatever the header says (PHP's `json_encode` writes
 * only UTF-8), otherwise in the charset of the header. It removes a byte order mark. If a body without a
 * charset, or with UTF-8, is mostly invalid UTF-8, it is read as windows-1251, the partners' other charset.
 */
export function textOfBody({ headers, body }: HttpResponse): string {
	try {
		return UTF_8.decode(body);
	} catch {
		const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
		const text = decoderFor(charset).decode(body);
		const isOther = charset.toLowerCase() === 'utf-8' && isMostlyUnreadable(text);
		return isOther ? new TextDecoder('windows-1251').decode(body) : text;
	}
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
	try {
		return new TextDecoder(charset);
	} catch {
		return new TextDecoder();
	}
}

const UNREADABLE = 0xfffd;
const LAST_OF_ASCII = 0x7f;

/** Whether more of the non-ASCII characters are unreadable than readable. */
function isMostlyUnreadable(text: string): boolean {
	let balance = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === UNREADABLE) balance++;
		else if (code > LAST_OF_ASCII) balance--;
	}
	return balance > 0;
}
