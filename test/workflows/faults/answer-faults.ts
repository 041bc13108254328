import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { answering, type Fault, type Surroundings } from './fault';
import type { Struck } from './front';
import { bytesBeforeEnd, inWindows1251 } from './spoilt-bytes';

const PAGE =
	'<!DOCTYPE html>\n<html><head><title>Closed</title></head><body><h1>The site is closed</h1></body></html>\n';
const PHP_WARNING =
	'<br />\n<b>Warning</b>:  Undefined array key "city" in <b>/var/www/api.php</b> on line <b>7</b><br />\n';
const HTML = { 'content-type': 'text/html; charset=UTF-8' };
const MEGABYTE = 1024 * 1024;

/** An answer of this status; `first`: after the partner has done it. */
function status(code: number, more: Record<string, string> = {}, first = false): Fault['strike'] {
	return async (struck) => {
		if (first) await struck.forward();
		const body = Buffer.from(code === 204 ? '' : PAGE);
		const length = code === 204 ? {} : { 'content-length': String(body.length) };
		struck.response.writeHead(code, { ...HTML, ...length, ...more }).end(body);
	};
}

const empty: Fault['strike'] = async (struck) => await answering(struck, () => ({ body: '' }));

/** Answers that are none, or too much of one. */
export const ANSWER_FAULTS: readonly Fault[] = [
	{
		title: 'HTTP 200 without content',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: true,
		strike: empty,
	},
	{
		title: 'HTTP 200 without content, the sender accepted a moment ago',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: true,
		only: ['exapi'],
		warm: true,
		strike: empty,
	},
	{
		title: 'HTTP 204',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: true,
		strike: status(204, {}, true),
	},
	{
		title: 'HTTP 200 with a page',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck) => await answering(struck, () => ({ headers: HTML, body: PAGE })),
	},
	{
		title: 'Redirect on the same host (307)',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) => {
			const { path } = struck.request;
			const location = `${path}${path.includes('?') ? '&' : '?'}moved=1`;
			if (path.includes('moved=1')) await answering(struck, () => ({}));
			else struck.response.writeHead(307, { location }).end();
		},
	},
	{
		title: 'Redirect to another host (307)',
		effect: 'keptOff',
		carriedOut: false,
		strike: ({ request, response }, { elsewhere }) => {
			response.writeHead(307, { location: `${elsewhere}${request.path}` }).end();
		},
	},
	{
		title: 'See Other (303): done, the result is elsewhere',
		effect: 'lost',
		carriedOut: true,
		strike: status(303, { location: '/done' }, true),
	},
	{ title: 'HTTP 401', effect: 'keptOff', carriedOut: false, strike: status(401) },
	{ title: 'HTTP 404', effect: 'keptOff', carriedOut: false, strike: status(404) },
	{
		title: 'HTTP 429 with Retry-After: 1',
		effect: 'keptOff',
		carriedOut: false,
		strike: status(429, { 'retry-after': '1' }),
	},
	{ title: 'HTTP 500', effect: 'lost', carriedOut: true, strike: status(500, {}, true) },
	{
		title: 'HTTP 502 with a page, of a server in between',
		effect: 'lost',
		carriedOut: true,
		strike: status(502, {}, true),
	},
	{
		title: 'Half an answer, as if whole',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				body: body.subarray(0, Math.ceil(body.length / 2)),
			})),
	},
	{
		title: 'Bytes that are not UTF-8 beside the result',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({ body: bytesBeforeEnd(body) })),
	},
	{
		title: 'windows-1251, as its header says',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body, headers }) => ({
				body: inWindows1251(body),
				headers: {
					'content-type': `${headers['content-type']?.split(';')[0] ?? 'text/plain'}; charset=windows-1251`,
				},
			})),
	},
	{
		title: 'windows-1251, and nothing says so',
		effect: 'either',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({ body: inWindows1251(body) })),
	},
	{
		title: 'A byte order mark in front',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				body: Buffer.concat([Buffer.from('\uFEFF'), body]),
			})),
	},
	{
		title: 'A PHP warning in front',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				headers: HTML,
				body: Buffer.concat([Buffer.from(PHP_WARNING), body]),
			})),
	},
	{
		title: 'Wrong signature',
		effect: 'lost',
		carriedOut: true,
		only: ['exapi'],
		strike: async (struck, { service }) =>
			await answering(struck, (answer) => ({ body: service.wrongSignature!(answer) })),
	},
	{
		title: 'The answer to another request',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck, { service }) =>
			await answering(struck, (answer) => ({
				body: service.otherAnswer(answer, struck.request),
			})),
	},
	{
		title: '50 MB',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck, surroundings) => {
			await struck.forward();
			await pour(struck, surroundings, 50 * MEGABYTE);
		},
	},
	{
		title: 'A gzip bomb: 1 MB that becomes 1 GB',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck) => {
			await struck.forward();
			const head = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
			struck.response.writeHead(200, head).end(bomb());
		},
	},
];

async function pour({ response }: Struck, { count }: Surroundings, bytes: number): Promise<void> {
	const chunk = Buffer.alloc(64 * 1024, 'x');
	response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes });
	for (let left = bytes; left > 0 && !response.destroyed; left -= chunk.length) {
		count(chunk.length);
		if (response.write(chunk)) continue;
		await Promise.race([once(response, 'drain'), once(response, 'close')]);
	}
	response.end();
}

let packed: Buffer | undefined;

/** Members of gzip one after the other are one stream (RFC 1952, 2.2). */
function bomb(): Buffer {
	packed ??= Buffer.concat(new Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10 * MEGABYTE, 'x'))));
	return packed;
}
