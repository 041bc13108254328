/** @needs nginx */

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import {
	resultIn,
	serveTrigger,
	signed,
	WRONG,
	type TriggerServer,
} from '../unit/exapi/trigger-server';
import { startNginx, type Nginx } from './nginx';

const DOCS = join(__dirname, '..', '..', 'docs');
const ORDER = [{ order_id: 'A-1' }];

let workflows = 0;
let triggers: TriggerServer[];
let nginx: Nginx;
beforeEach(() => (triggers = []));
afterEach(async () => {
	await nginx.stop();
	await Promise.all(triggers.map(async (trigger) => await trigger.close()));
});

/** Two n8n processes: with one alone nginx never takes it for dead. */
async function serveTwo(options: IDataObject): Promise<string[]> {
	const parameters = { ban: { maxFailures: 1_000 }, options };
	const workflow = `behind nginx ${workflows++}`;
	for (let process = 0; process < 2; process++) {
		triggers.push(await serveTrigger(workflow, parameters, undefined, 1));
	}
	return triggers.map(({ url }) => new URL(url).host);
}

const arrived = () => triggers.reduce((sum, trigger) => sum + trigger.arrived(), 0);

async function post(body: string): Promise<Response> {
	return await fetch(`${nginx.url}/webhook/exapi`, { method: 'POST', body });
}

async function fail(times: number): Promise<number[]> {
	const statuses: number[] = [];
	for (let time = 0; time < times; time++) {
		statuses.push((await post(signed('addOrder', ORDER, WRONG))).status);
	}
	return statuses;
}

/** A configuration with nothing but what is needed; all clients are somebody on the Internet. */
const plain = (servers: string[], after: string) => (listen: string) => `
	upstream n8n { ${servers.map((server) => `server ${server}${after};`).join(' ')} }
	server {
		listen ${listen};
		location / {
			proxy_set_header X-Forwarded-For 8.8.8.8;
			proxy_pass http://n8n;
		}
	}`;

/** The configuration in the documentation, with servers and addresses of the test. */
const documented = (servers: string[]) => (listen: string) => {
	const made = configurationIn('queue-mode-and-proxies.md')
		.replace('server 127.0.0.1:5678 max_fails=0;', () =>
			servers.map((server) => `server ${server} max_fails=0;`).join('\n'),
		)
		.replace('listen 443 ssl;', `listen ${listen};`)
		.replace(/^\s*ssl_certificate.*$/gm, '');
	expect(made).toContain(servers[0]);
	expect(made).toContain(listen);
	return made;
};

function configurationIn(page: string): string {
	const [, block] = /```nginx\n([^]*?)```/.exec(readFileSync(join(DOCS, page), 'utf8')) ?? [];
	return String(block);
}

describe('rejected requests behind nginx', () => {
	it('make n8n unavailable to all partners with the defaults of nginx and closed connections', async () => {
		nginx = await startNginx(plain(await serveTwo({}), ''));
		expect(new Set(await fail(4))).toEqual(new Set([502]));
		expect((await post(signed('addOrder', ORDER))).status).toBe(502);
	});

	it.each<[string, IDataObject, string, number]>([
		['max_fails=0', {}, ' max_fails=0', 502],
		['Reject With › HTTP 401', { rejectWith: '401' }, '', 401],
	])('do not make n8n unavailable with %s', async (_, options, after, status) => {
		nginx = await startNginx(plain(await serveTwo(options), after));
		expect(new Set(await fail(8))).toEqual(new Set([status]));
		const answer = await post(signed('addOrder', ORDER));
		expect(resultIn(await answer.text())).toBe(5001);
	});

	it('with closed connections are logged once', async () => {
		nginx = await startNginx(plain(await serveTwo({}), ' max_fails=0'));
		await fail(4);
		expect(triggers.flatMap(({ logged }) => logged)).toEqual([
			expect.stringMatching(/'Closed Connection'.*Set max_fails=0.*or choose 'HTTP 401'/),
		]);
	});

	it('with HTTP 401 are not logged', async () => {
		nginx = await startNginx(plain(await serveTwo({ rejectWith: '401' }), ''));
		await fail(4);
		expect(triggers.flatMap(({ logged }) => logged)).toEqual([]);
	});
});

describe('the nginx configuration of the documentation', () => {
	beforeEach(async () => (nginx = await startNginx(documented(await serveTwo({})))));

	it('serves partners while others are rejected', async () => {
		expect(new Set(await fail(8))).toEqual(new Set([502]));
		const answer = await post(signed('addOrder', ORDER));
		expect(resultIn(await answer.text())).toBe(5001);
		expect(triggers.flatMap(({ started }) => started)).toMatchObject([{ ip: '127.0.0.1' }]);
	});

	it('limits the requests of an address', async () => {
		const bodies = Array.from({ length: 200 }, (_, id) =>
			signed('addOrder', ORDER, WRONG, `${id}`),
		);
		const statuses = await Promise.all(bodies.map(async (body) => (await post(body)).status));
		expect(new Set(statuses)).toEqual(new Set([502, 429]));
		// A burst of 40, and 20 for each second that this took.
		expect(arrived()).toBeLessThan(120);
		await sleep(500);
		expect(resultIn(await (await post(signed('addOrder', ORDER))).text())).toBe(5001);
	});

	it('blocks bodies larger than a megabyte', async () => {
		const answer = await post('x'.repeat(1024 * 1024 + 1)).catch(() => undefined);
		expect(answer?.status ?? 413).toBe(413);
		expect(arrived()).toBe(0);
	});

	it('blocks unfinished bodies', async () => {
		const { port, hostname } = new URL(nginx.url);
		const sockets = Array.from({ length: 64 }, () => {
			const socket = connect(Number(port), hostname);
			socket.on('error', () => undefined).resume();
			socket.write('POST /webhook/exapi HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{');
			return socket;
		});
		await sleep(500);
		expect(arrived()).toBe(0);
		for (const socket of sockets) socket.destroy();
		await sleep(100);
		expect(resultIn(await (await post(signed('addOrder', ORDER))).text())).toBe(5001);
	});

	it('is the same in Russian', () => {
		const russian = configurationIn(join('ru', 'queue-mode-and-proxies.md'));
		const withoutComments = (text: string) => text.replace(/^\s*#.*\n/gm, '');
		expect(withoutComments(russian)).toBe(
			withoutComments(configurationIn('queue-mode-and-proxies.md')),
		);
	});
});
