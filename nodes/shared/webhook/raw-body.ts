import type { Request } from 'express';

/** n8n's request: it reads the body as it came, decompressed, when it is asked to. */
interface RawRequest extends Request {
	readRawBody(): Promise<void>;
}

/**
 * The bytes of a webhook's request. `req.body` is not used: n8n mixes up XML of requests that come
 * at once.
 *
 * @throws whatever n8n does about a body that is too large or not what its encoding says
 */
export async function readRawBody(request: Request): Promise<Buffer> {
	const raw = request as RawRequest;
	await raw.readRawBody();
	// Without a body n8n sets none, whatever its types say.
	const { rawBody } = raw as { rawBody?: Buffer };
	return rawBody ?? Buffer.alloc(0);
}
