import { isKnownRead, methodOf } from '../../../nodes/ClientRight/wire';

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
