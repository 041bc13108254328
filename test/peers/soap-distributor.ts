import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
	readCheckUser,
	SoapFault,
	writeCheckUserResponse,
	writeFault,
	writeWsdl,
	type SoapMessage,
	type UserCheck,
} from '../../nodes/Elektrik/protocol';

/** A distributor's SOAP service made of the package's protocol alone. */
export interface SoapDistributor {
	url: string;
	/** Bodies of the calls, oldest first. */
	received: string[];
	/** Bodies of the answers to them. */
	answered: string[];
	stop(): void;
}

export async function startSoapDistributor(
	lookUp: (phoneHash: string) => UserCheck,
): Promise<SoapDistributor> {
	const received: string[] = [];
	const answered: string[] = [];
	const server = createServer((req, res) => {
		const url = `http://${req.headers.host ?? ''}/check`;
		if (req.method === 'GET') {
			res.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8' }).end(writeWsdl(url));
			return;
		}
		void answer(req).then(({ status, contentType, body }) => {
			answered.push(body.toString());
			res.writeHead(status, { 'Content-Type': contentType }).end(body);
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');

	async function answer(req: IncomingMessage): Promise<SoapMessage> {
		const body = await buffer(req);
		received.push(body.toString());
		try {
			const { version, phoneHash } = readCheckUser(body, req.headers['content-type']);
			return writeCheckUserResponse(version, lookUp(phoneHash));
		} catch (error) {
			if (error instanceof SoapFault) return writeFault(error);
			throw error;
		}
	}

	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/check`,
		received,
		answered,
		stop: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}
