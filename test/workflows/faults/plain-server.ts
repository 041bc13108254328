import { serve } from '../../unit/shared/loopback';
import { readRequest, type SeenRequest } from './front';

interface PlainAnswer {
	status: number;
	type: string;
	body: string | Buffer;
}

/** A server that answers each request on its own. */
export async function serveRequests(
	answer: (request: SeenRequest) => PlainAnswer,
): Promise<{ url: string; close: () => Promise<void> }> {
	const server = await serve((incoming, response) => {
		void readRequest(incoming).then((request) => {
			const { status, type, body } = answer(request);
			response.writeHead(status, { 'content-type': type }).end(body);
		});
	});
	return { url: new URL(server.url).origin, close: async () => await server.close() };
}
