import { request } from 'node:http';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';

let sandbox: Sandbox;
let address: SandboxAddress;

beforeEach(async () => {
	sandbox = createSandbox();
	address = await sandbox.start();
});

afterEach(() => sandbox.stop());

/** `fetch` does not let a test choose these headers. */
async function control(
	method: string,
	path: string,
	headers: Record<string, string>,
): Promise<{ status: number; error: string }> {
	return await new Promise((resolve, reject) => {
		const outgoing = request(`${address.url}/control${path}`, { method, headers }, (incoming) => {
			let text = '';
			incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
			incoming.on('end', () => {
				const { error = '' } = JSON.parse(text || '{}') as { error?: string };
				resolve({ status: incoming.statusCode ?? 0, error });
			});
		});
		outgoing.on('error', reject);
		outgoing.end();
	});
}

const port = () => address.port;

it.each<[string, () => Record<string, string>]>([
	['a program', () => ({})],
	['its own page', () => ({ origin: address.url, 'sec-fetch-site': 'same-origin' })],
	[
		'its own page by the name localhost',
		() => ({ host: `localhost:${port()}`, origin: `http://localhost:${port()}` }),
	],
	['an address typed in', () => ({ 'sec-fetch-site': 'none' })],
	['IPv6', () => ({ host: `[::1]:${port()}` })],
])('is controlled by %s', async (_who, headers) => {
	for (const system of ['exapi', 'clientright', 'elektrik']) {
		await expect(control('POST', `/${system}/reset`, headers())).resolves.toMatchObject({
			status: 200,
		});
	}
});

it.each<[string, () => Record<string, string>, string]>([
	['another site', () => ({ origin: 'https://example.com' }), 'Another web site'],
	['another port', () => ({ origin: 'http://127.0.0.1:5678' }), 'Another web site'],
	['a page without an origin', () => ({ origin: 'null' }), 'Another web site'],
	['another site without Origin', () => ({ 'sec-fetch-site': 'cross-site' }), 'Another web site'],
	['another port without Origin', () => ({ 'sec-fetch-site': 'same-site' }), 'Another web site'],
	[
		'a name that means this machine',
		() => ({ host: `example.com:${port()}`, origin: `http://example.com:${port()}` }),
		'is not a name of this machine',
	],
	['a name like ours', () => ({ host: 'localhost.example.com' }), 'is not a name'],
	['no address', () => ({ host: '127.0.0.1:x' }), 'is not a name'],
])('is not controlled by %s', async (_who, headers, error) => {
	sandbox.exapi.crm.seed({ orderId: 'a-1' });
	for (const [method, path] of [
		['POST', '/exapi/reset'],
		['POST', '/exapi/send'],
		['GET', '/exapi/orders'],
		['POST', '/elektrik/check'],
		['POST', '/clientright/reset'],
		['GET', '/'],
	] as const) {
		const answer = await control(method, path, headers());
		expect(answer.status).toBe(403);
		expect(answer.error).toContain(error);
	}
	expect(sandbox.exapi.crm.orders()).toHaveLength(1);
});
