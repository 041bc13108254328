import type { Request } from 'express';
import {
	parametersOf,
	readCookies,
	readForm,
	type PhpParameters,
	type PhpValue,
} from './php-parameters';

/** A request as a PHP script sees it. */
export interface PhpRequest {
	get: PhpParameters;
	post: PhpParameters;
	cookie: PhpParameters;
}

/**
 * @param req with its raw body
 * @param maxBodyBytes PHP's `post_max_size`: a larger body is as if it had not been sent
 */
export async function readPhpRequest(req: Request, maxBodyBytes: number): Promise<PhpRequest> {
	const [, query = ''] = /\?(.*)/s.exec(req.originalUrl) ?? [];
	const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
	// PHP fills $_POST for POST only, and for nothing but these two content types.
	const isRead = req.method === 'POST' && body.length <= maxBodyBytes;
	return {
		get: readForm(Buffer.from(query, 'latin1')),
		post: isRead ? await readBody(body, req.headers['content-type'] ?? '') : new Map(),
		cookie: readCookies(req.headers.cookie),
	};
}

/** `$_REQUEST`: what comes later in PHP's `request_order` wins. */
export function allParameters(request: PhpRequest, withCookies: boolean): PhpParameters {
	return new Map<string, PhpValue>([
		...request.get,
		...request.post,
		...(withCookies ? request.cookie : []),
	]);
}

async function readBody(body: Buffer, contentType: string): Promise<PhpParameters> {
	const [type = ''] = contentType.toLowerCase().split(';');
	if (type.trim() === 'application/x-www-form-urlencoded') return readForm(body);
	if (type.trim() === 'multipart/form-data') return await readMultipart(body, contentType);
	return new Map();
}

async function readMultipart(body: Buffer, contentType: string): Promise<PhpParameters> {
	const headers = { 'Content-Type': contentType };
	try {
		// eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated for servers that take large uploads; what comes here is small, and a test's
		const form = await new Response(new Uint8Array(body), { headers }).formData();
		const fields = [...form].filter((pair): pair is [string, string] => {
			return typeof pair[1] === 'string';
		});
		return parametersOf(fields);
	} catch {
		// A body without its boundary is one that PHP leaves out.
		return new Map();
	}
}
