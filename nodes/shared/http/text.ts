import type { HttpResponse } from './message';

const CHARSET = /charset\s*=\s*"?([\w-]+)/i;

/**
 * The body as text: UTF-8 when it is that, whatever the header says (PHP's `json_encode` knows
 * nothing else), otherwise in the charset that the header names. A byte order mark is removed.
 */
export function textOfBody({ headers, body }: HttpResponse): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(body);
	} catch {
		return decoderFor(headers['content-type']).decode(body);
	}
}

function decoderFor(contentType: string | undefined): InstanceType<typeof TextDecoder> {
	const charset = CHARSET.exec(contentType ?? '')?.[1];
	try {
		return new TextDecoder(charset);
	} catch {
		return new TextDecoder();
	}
}
