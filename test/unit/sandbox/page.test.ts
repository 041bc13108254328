import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';

let sandbox: Sandbox;
let address: SandboxAddress;

beforeAll(async () => {
	sandbox = createSandbox();
	address = await sandbox.start();
});

afterAll(() => sandbox.stop());

it('is at the address of the sandbox, and nothing in it is from elsewhere', async () => {
	const page = await fetch(address.url);
	expect(page.status).toBe(200);
	expect(page.headers.get('content-type')).toContain('text/html');
	const html = await page.text();
	const linked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target]) => target ?? '');
	expect(linked).toEqual(expect.arrayContaining(['page.css', 'page.js']));
	for (const target of linked) expect(target).toMatch(/^(data:,|[a-z]+\.(css|js))$/);
});

it('lets no site frame it, and loads from nowhere else', async () => {
	const { headers } = await fetch(address.url);
	expect(headers.get('content-security-policy')).toContain("default-src 'self'");
	expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
	expect(headers.get('x-content-type-options')).toBe('nosniff');
});

it('gives every script that another one imports', async () => {
	const seen = new Set<string>();
	const waiting = ['page.js'];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		if (seen.has(name)) continue;
		seen.add(name);
		const script = await fetch(`${address.url}/${name}`);
		expect([name, script.status]).toEqual([name, 200]);
		expect(script.headers.get('content-type')).toContain('javascript');
		for (const [, next = ''] of (await script.text()).matchAll(/from '\.\/([^']+)'/g)) {
			waiting.push(next);
		}
	}
	expect(seen.size).toBeGreaterThan(5);
});

it('leads to no file beside it', async () => {
	for (const path of ['/..%2fserver.ts', '/%2e%2e/%2e%2e/package.json', '/.git']) {
		expect((await fetch(address.url + path)).status).toBeGreaterThanOrEqual(400);
	}
});
