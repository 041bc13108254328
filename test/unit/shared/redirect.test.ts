import type { HttpFailure } from '../../../nodes/shared/http';
import { redirectTarget } from '../../../nodes/shared/http/client';

const redirectFrom = (from: string, location: string): string | undefined =>
	redirectTarget(from, { status: 302, headers: { location }, body: Buffer.alloc(0) });

describe('a redirect is followed', () => {
	it.each([
		['https://crm.example.com/exapi', '/exapi/', 'https://crm.example.com/exapi/'],
		[
			'http://crm.example.com/exapi',
			'https://crm.example.com/exapi',
			'https://crm.example.com/exapi',
		],
		[
			'https://crm.example.com:8443/a',
			'https://crm.example.com:8443/b',
			'https://crm.example.com:8443/b',
		],
		['http://crm.example.com:80/a', 'https://crm.example.com:443/a', 'https://crm.example.com/a'],
	])('from %s to %s', (from, location, target) => {
		expect(redirectFrom(from, location)).toBe(target);
	});
});

describe('a redirect is rejected', () => {
	it.each([
		['another host', 'https://crm.example.com/a', 'https://other.example.com/a'],
		['a host below', 'https://crm.example.com/a', 'https://x.crm.example.com/a'],
		['another port', 'https://crm.example.com/exapi', 'https://crm.example.com:9200/_x?y'],
		[
			'another port of plain http',
			'http://crm.example.com/a',
			'http://crm.example.com:5678/rest/x',
		],
		['https at another port', 'http://crm.example.com/a', 'https://crm.example.com:8443/a'],
		['https from a port of its own', 'http://crm.example.com:8080/a', 'https://crm.example.com/a'],
		['no encryption any more', 'https://crm.example.com/a', 'http://crm.example.com/a'],
		['no address', 'https://crm.example.com/a', 'http://['],
		['another scheme', 'https://crm.example.com/a', 'file:///etc/passwd'],
	])('to %s', (_, from, location) => {
		expect(() => redirectFrom(from, location)).toThrow(
			expect.objectContaining<Partial<HttpFailure>>({ kind: 'redirected' }),
		);
	});
});
