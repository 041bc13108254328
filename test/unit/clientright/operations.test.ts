import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKnownRead, methodOf } from '../../../nodes/ClientRight/wire';

interface Exchange {
	name: string;
	request: { method: string; url: string };
	response: { body: string };
}

/** Operations that a real vtiger 8.4 read by GET. */
const readByGet = new Set(
	(
		JSON.parse(
			readFileSync(join(__dirname, '..', '..', 'vectors', 'vtiger-8.4.json'), 'utf8'),
		) as Exchange[]
	)
		.filter(
			({ request, response }) => request.method === 'GET' && /"success":true/.test(response.body),
		)
		.map(({ request }) => new URL(request.url, 'http://crm').searchParams.get('operation') ?? '')
		.filter((operation) => operation !== '' && operation !== 'getchallenge'),
);

describe('what is known of an operation', () => {
	it.each<[string, 'GET' | 'POST' | undefined, boolean]>([
		['query', 'GET', true],
		['Query', 'GET', true],
		['retrieve_related', 'GET', true],
		['GetFilesList', 'POST', true],
		['mobile.query', 'POST', true],
		['create', 'POST', false],
		['REVISE', 'POST', false],
		['CreateProject', 'POST', false],
		['logout', 'POST', false],
		['wsapp_put', undefined, false],
		['GetSomething', undefined, false],
		['constructor', undefined, false],
	])('%s', (operation, method, isRead) => {
		expect(methodOf(operation)).toBe(method);
		expect(isKnownRead(operation)).toBe(isRead);
	});
});

it.each([...readByGet])('%s is called as a real vtiger 8.4 was', (operation) => {
	expect(methodOf(operation)).toBe('GET');
	expect(isKnownRead(operation)).toBe(true);
});
