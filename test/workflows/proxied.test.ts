import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemError } from '../unit/shared/client-sockets';
import { serve, serveTcp, serveTls } from '../unit/shared/loopback';
import { watchServers } from '../unit/shared/watched-servers';
import { runNode, type NodeOutcome } from './engine';
import { startScriptedCrm, success } from './scripted-crm';

/** Behind a proxy n8n's own helper sends; what became of a request is seen there as well. */

const { started, breakWith } = watchServers();
afterEach(() => {
	delete process.env.http_proxy;
	delete process.env.https_proxy;
});

function useProxy({ url }: { url: string }): void {
	process.env.http_proxy = process.env.https_proxy = new URL(url).origin;
}

const createOrder = async (url: string, timeout = 10, allowUnauthorizedCerts = false) =>
	await runNode({
		node: 'exapi',
		parameters: {
			resource: 'order',
			operation: 'create',
			orderId: 'A-1',
			goodName: 'kettle',
			options: { timeout },
		},
		credentials: {
			exapiApi: {
				url,
				sender: 'partner',
				secret: 'never-to-be-seen',
				timeZone: 'Europe/Moscow',
				allowUnauthorizedCerts,
			},
		},
	});

const textOf = ({ error }: NodeOutcome) => `${error?.message}. ${error?.description}`;

/** Opens the tunnel that a client asks for, to the given port or to nowhere. */
const tunnel =
	(port?: number) =>
	(client: Socket): void => {
		client.once('data', () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			if (port === undefined) return;
			const behind = connect(port, '127.0.0.1').on('error', () => client.destroy());
			client.on('close', () => behind.destroy());
			client.pipe(behind).pipe(client);
		});
	};

it('a request that a proxy has received may have been executed, with any error', async () => {
	let received = 0;
	const proxy = await started(
		serve((incoming) => {
			received += 1;
			incoming.resume().on('end', () => {
				breakWith(systemError('EHOSTUNREACH', 'connect'));
			});
		}),
	);
	useProxy(proxy);
	const text = textOf(await createOrder('http://crm.example.com/exapi'));
	expect(received).toBe(1);
	expect(text).not.toMatch(/nothing was sent/i);
	expect(text).toContain('broke before the response (EHOSTUNREACH)');
	expect(text).toContain('Check there before you send it again');
});

it('a proxy that does not answer to the dialing has got nothing', async () => {
	const proxy = await serve(() => undefined);
	await proxy.close();
	useProxy(proxy);
	expect(textOf(await createOrder('http://crm.example.com/exapi'))).toContain('Nothing was sent.');
});

it.each<[string, () => Promise<(client: Socket) => void>, string]>([
	[
		'whose certificate is not accepted',
		async () => {
			const crm = await started(serveTls(() => undefined));
			return tunnel(Number(new URL(crm.url).port));
		},
		'The certificate of crm.example.com is not accepted',
	],
	[
		'that closes the connection in the TLS handshake',
		async () => {
			const crm = await started(serveTcp((socket) => void socket.once('data', () => socket.end())));
			return tunnel(Number(new URL(crm.url).port));
		},
		'A secure connection to crm.example.com could not be established',
	],
])('a CRM behind a proxy %s has got nothing', async (_, listener, message) => {
	useProxy(await started(serveTcp(await listener())));
	const text = textOf(await createOrder('https://crm.example.com/exapi'));
	expect(text).toContain(message);
	expect(text).toContain('Nothing was sent.');
});

/** Before Node.js 22.12 a request is not seen until the tunnel through the proxy is there. */
const SEES_TUNNELS = Number(process.versions.node.split('.')[0]) > 22;

(SEES_TUNNELS ? it : it.skip)(
	'a CRM that a proxy dials for long is given up after 10 s, and gets nothing later',
	async () => {
		let received = 0;
		const crm = await started(serveTls(() => void (received += 1)));
		const clients: Socket[] = [];
		useProxy(await started(serveTcp((client) => void clients.push(client))));
		const url = crm.url.replace('127.0.0.1', 'crm.example.com');
		const text = textOf(await createOrder(url, 50, true));
		expect(text).toMatch(/^crm\.example\.com:\d+ cannot be reached: no connection within 10 s/);
		expect(text).toContain('Nothing was sent.');
		// The proxy has dialed at last.
		const open = tunnel(Number(new URL(crm.url).port));
		clients.forEach((client) => {
			open(client);
			client.resume();
		});
		await sleep(1_000);
		expect(clients).toHaveLength(1);
		expect(received).toBe(0);
	},
);

it('a request that a proxy has taken is waited for as long as the option says', async () => {
	const proxy = await started(
		serve((_, response) => void setTimeout(() => response.writeHead(404).end(), 11_000)),
	);
	useProxy(proxy);
	const text = textOf(await createOrder('http://crm.example.com/exapi', 30));
	expect(text).toContain('HTTP 404');
});

it('files go to a CRM and come from it through a proxy', async () => {
	const content = Buffer.from('%PDF-1.4 договор');
	const document = {
		id: '15x27',
		notes_title: 'договор',
		filename: 'a.pdf',
		filesize: String(content.length),
		filelocationtype: 'I',
		imageattachmentids: '15x28',
	};
	// A proxy gets whole addresses, which this CRM reads as well as paths.
	const crm = await startScriptedCrm({
		create: success(document),
		describe: success({ name: 'Documents', idPrefix: '15', isEntity: true, fields: [] }),
		retrieve: success(document),
		files_retrieve: success([
			{ filesize: content.length, filecontents: content.toString('base64') },
		]),
	});
	try {
		useProxy(crm);
		const credentials = {
			clientRightApi: {
				url: 'http://crm.example.com/webservice.php',
				username: 'api',
				accessKey: 'neverToBeSeen7d1f',
				allowUnauthorizedCerts: false,
			},
		};
		const data = {
			data: content.toString('base64'),
			mimeType: 'application/pdf',
			fileName: 'a.pdf',
		};
		const up = await crm.run('document.upload', {}, { binary: [{ data }], credentials });
		expect(textOf(up)).toBe('undefined. undefined');
		expect(crm.calls.find(({ file }) => file)?.file?.content).toEqual(content);
		const down = await crm.run('document.download', { documentId: '15x27' }, { credentials });
		expect(down.items[0]?.binary?.data?.data).toBe(content.toString('base64'));
	} finally {
		await crm.stop();
	}
});
