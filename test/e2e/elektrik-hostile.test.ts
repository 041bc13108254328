import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { createCredential, publishDistributor, type Distributor } from './elektrik-distributor';
import { envelope, soapQuestion } from './elektrik-requests';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { megabytesInUse } from './process-probe';

const SOAP = 'application/soap+xml; charset=utf-8';
const MEGABYTE = 2 ** 20;
/** Of one request, on a machine that is busy with other tests. */
const QUICKLY_MS = 10_000;
const ROUNDS = process.env.PARTNER_EXCHANGE_LONG ? 20 : 3;
/** What n8n's own caches may take meanwhile, in MB. */
const SLACK = 20;

let host: SharedHost;
let distributor: Distributor;
/** Whom external entities would fetch from. */
let outside: Server;
let fetched = 0;
beforeAll(async () => {
	outside = createServer((_req, res) => {
		fetched++;
		res.end('x');
	}).listen(0, '127.0.0.1');
	await once(outside, 'listening');
	host = await useHost();
	const { url } = host.address.elektrik;
	const credential = await createCredential(host, { url, ...SANDBOX_DISTRIBUTOR });
	distributor = await publishDistributor(host, host.n8n.url, credential, 'hostile');
}, INSTALL_TIMEOUT);
afterAll(async () => {
	outside.close();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

type Attack = [title: string, body: () => string | Buffer, headers?: Record<string, string>];

const question = soapQuestion(1);
const phone = (content: string) => envelope(`<CheckUser><phone>${content}</phone></CheckUser>`);

function bomb(levels: number): string {
	const names = Array.from({ length: levels }, (_, level) => `l${level}`);
	const entities = names.map((name, level) => {
		const below = level === 0 ? 'boom' : `&${names[level - 1]};`.repeat(10);
		return `<!ENTITY ${name} "${below}">`;
	});
	return `<?xml version="1.0"?><!DOCTYPE b [${entities.join('')}]>${phone(`&${names.at(-1)};`)}`;
}

const outsideUrl = () => `http://127.0.0.1:${(outside.address() as AddressInfo).port}/x`;

const ATTACKS: Attack[] = [
	['an entity bomb', () => bomb(12)],
	['an entity bomb in UTF-16', () => Buffer.from(`\uFEFF${bomb(12)}`, 'utf16le')],
	[
		'an external entity of a file',
		() => `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${phone('&b;')}`,
	],
	[
		'an external entity of an address',
		() => `<!DOCTYPE a [<!ENTITY b SYSTEM "${outsideUrl()}">]>${phone('&b;')}`,
	],
	['an external DTD', () => `<!DOCTYPE a SYSTEM "${outsideUrl()}">${question}`],
	[
		'a parameter entity',
		() => `<!DOCTYPE a [<!ENTITY % b SYSTEM "${outsideUrl()}"> %b;]>${question}`,
	],
	['an entity of nobody', () => phone('&unknown;')],
	['10 MB of text', () => phone('a'.repeat(10 * MEGABYTE))],
	['10 MB of elements', () => phone('<a/>'.repeat((10 * MEGABYTE) / 4))],
	['10 MB of blanks in front', () => ' '.repeat(10 * MEGABYTE) + question],
	['20 MB, more than n8n takes', () => phone('a'.repeat(20 * MEGABYTE))],
	['deep nesting', () => phone('<a>'.repeat(20_000) + '</a>'.repeat(20_000))],
	['deep nesting without an end', () => '<a>'.repeat(80_000)],
	['10,000 attributes', () => phone(`<a ${attributes(10_000)}/>`)],
	['10,000 namespaces', () => phone(`<a ${attributes(10_000, 'xmlns:')}/>`)],
	['a comment without an end', () => `<!--${'-'.repeat(200_000)}`],
	['CDATA without an end', () => `<a><![CDATA[${']'.repeat(200_000)}`],
	['a long name', () => `<${'a'.repeat(200_000)}/>`],
	[
		'100 MB in gzip',
		() => gzipSync(phone('a'.repeat(100 * MEGABYTE))),
		{ 'Content-Encoding': 'gzip' },
	],
	['broken gzip', () => Buffer.from('no gzip'), { 'Content-Encoding': 'gzip' }],
	[
		'an unknown charset',
		() => question,
		{ 'Content-Type': 'application/soap+xml; charset=x-none' },
	],
	['bytes that are not UTF-8', () => Buffer.from(phone('\xff\xfe'), 'latin1')],
];

function attributes(count: number, prefix = ''): string {
	return Array.from({ length: count }, (_, index) => `${prefix}a${index}="${index}"`).join(' ');
}

describe('is refused quickly', () => {
	for (const [title, body, headers] of ATTACKS) {
		it(
			title,
			async () => {
				const bytes = body();
				const started = Date.now();
				const answer = await distributor.send(bytes, SOAP, headers);
				expect(Date.now() - started).toBeLessThan(QUICKLY_MS);
				expect([400, 500]).toContain(answer.status);
				expect(answer.body).toContain(':Fault>');
				expect(answer.headers['content-type']).toBe(SOAP);
				expect(answer.body).not.toMatch(/root:|boom/);
			},
			30_000,
		);
	}
});

it('memory stays as it was, nothing was fetched or started, and n8n serves', async () => {
	const round = async () => {
		for (const [, body, headers] of ATTACKS) await distributor.send(body(), SOAP, headers);
	};
	await round();
	const before = await megabytesInUse(host.n8n);
	for (let count = 0; count < ROUNDS; count++) await round();
	const after = await megabytesInUse(host.n8n);
	process.stderr.write(`n8n's memory in use: ${before} MB before, ${after} MB after\n`);
	expect(after - before).toBeLessThan(SLACK);
	expect(fetched).toBe(0);
	expect(await distributor.executions()).toBe(0);
	await expect(distributor.check('soap')).resolves.toMatchObject({ exist: true, points: 1 });
	await expect(distributor.check('json')).resolves.toMatchObject({ exist: true, points: 1 });
}, 600_000);
