import { answering, HTML, type Fault } from './fault';

const PAGE =
	'<!DOCTYPE html>\n<html><head><title>Closed</title></head><body><h1>The site is closed</h1></body></html>\n';

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

/** Answers that say by their status, or by saying nothing, that something went wrong. */
export const STATUS_FAULTS: readonly Fault[] = [
	{
		title: 'HTTP 200 without content',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: true,
		strike: empty,
	},
	{
		title: 'HTTP 200 without content, the sender was accepted just before',
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
		title: 'See Other (303): executed, the result is at another address',
		effect: 'lost',
		carriedOut: true,
		strike: status(303, { location: '/done' }, true),
	},
	{
		title: 'HTTP 401',
		effect: 'keptOff',
		effectFor: { exapi: 'barred' },
		carriedOut: false,
		strike: status(401),
	},
	{
		title: 'HTTP 403, the sender was accepted just before',
		effect: 'keptOff',
		effectFor: { exapi: 'barred' },
		carriedOut: false,
		only: ['exapi'],
		warm: true,
		strike: status(403),
	},
	{ title: 'HTTP 404', effect: 'keptOff', carriedOut: false, strike: status(404) },
	{
		title: 'HTTP 429 with Retry-After: 1',
		effect: 'keptOff',
		carriedOut: false,
		strike: status(429, { 'retry-after': '1' }),
	},
	{ title: 'HTTP 500', effect: 'lost', carriedOut: true, strike: status(500, {}, true) },
	{
		title: 'HTTP 502 with a page from a proxy',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: true,
		strike: status(502, {}, true),
	},
	{
		title: 'HTTP 502 with a page from a proxy, the sender was accepted just before',
		effect: 'lost',
		carriedOut: true,
		only: ['exapi'],
		warm: true,
		strike: status(502, {}, true),
	},
	{
		title: 'HTTP 503 with a page from a proxy',
		effect: 'lost',
		carriedOut: true,
		only: ['exapi'],
		strike: status(503, {}, true),
	},
];
