import { ElektrikMessageError } from '../errors';

const HEADER_CHARSET = /charset\s*=\s*["']?([\w.:-]+)/i;
const DECLARATION = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;
/** Enough for a declaration. */
const DECLARATION_BYTES = 200;

/**
 * The text of an XML message: by its byte order mark, else by the charset of the HTTP header, else
 * by its declaration, else UTF-8 (RFC 7303, section 3).
 *
 * @throws ElektrikMessageError for an unknown charset, or bytes that it does not have
 */
export function decodeXml(body: Buffer, contentType: string | undefined): string {
	const charset =
		markOf(body) ?? HEADER_CHARSET.exec(contentType ?? '')?.[1] ?? declared(body) ?? 'utf-8';
	const decoder = decoderFor(charset);
	try {
		return decoder.decode(body);
	} catch {
		throw new ElektrikMessageError(`The body is not ${charset}`);
	}
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
	try {
		return new TextDecoder(charset, { fatal: true });
	} catch {
		throw new ElektrikMessageError('The charset is not known');
	}
}

function markOf(body: Buffer): string | undefined {
	if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
	if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
	return body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : undefined;
}

function declared(body: Buffer): string | undefined {
	return DECLARATION.exec(body.subarray(0, DECLARATION_BYTES).toString('latin1'))?.[1];
}
