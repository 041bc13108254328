import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { warnAboutProxy } from '../../../nodes/shared/webhook';

/** What a node logged n8n's log after requests from these addresses. */
function loggedAfter(
	addresses: readonly string[],
	headers: Record<string, string>,
	id: string,
	hops?: unknown,
) {
	const warn = jest.fn<undefined, [string]>();
	const node = {
		logger: { warn },
		getNode: () => ({ id, name: 'Trigger' }),
		getWorkflow: () => ({ id: 'w' }),
		// A notice asks for no more.
	} as unknown as IWebhookFunctions;
	const app = { get: (name: string) => (name === 'trust proxy' ? hops : undefined) };
	const request = { headers, app } as unknown as Request;
	for (const address of addresses) warnAboutProxy(node, request, address, 'nothing works');
	return warn.mock.calls.map(([message]) => message);
}

const forwarded = { 'x-forwarded-for': '203.0.113.7' };

it('warnAboutProxy logs a proxy that is not configured, and the setting', () => {
	const [logged] = loggedAfter(['172.17.0.1'], forwarded, 'a');
	expect(logged).toMatch(/172\.17\.0\.1: nothing works\. Set N8N_PROXY_HOPS/);
});

it('warnAboutProxy logs one warning for any number of invented addresses', () => {
	const addresses = Array.from({ length: 1_000 }, (_, at) => `fd00::${at.toString(16)}`);
	expect(loggedAfter(addresses, forwarded, 'b')).toHaveLength(1);
});

it.each([
	['without the header of proxies', '172.17.0.1', {}],
	['from the Internet', '8.8.8.8', forwarded],
])('warnAboutProxy logs nothing for requests %s', (_, address, headers) => {
	expect(loggedAfter([address], headers, 'c')).toEqual([]);
});

it('warnAboutProxy logs one warning for a proxy that sends no address, without its value', () => {
	const logged = loggedAfter(['unknown', '_hidden', 'unknown'], forwarded, 'd');
	expect(logged).toEqual([expect.stringMatching(/X-Forwarded-For.*: nothing works\./)]);
	expect(logged[0]).not.toMatch(/hidden/);
});

it('warnAboutProxy logs nothing for a request whose connection is closed', () => {
	expect(loggedAfter([''], forwarded, 'e')).toEqual([]);
});

describe('with N8N_PROXY_HOPS, warnAboutProxy', () => {
	const header = (...addresses: string[]) => ({ 'x-forwarded-for': addresses.join(', ') });

	it.each<[string, Record<string, string>, number]>([
		['one address with two hops', header('8.8.8.8'), 2],
		['two addresses with three hops', header('8.8.8.8', '8.8.4.4'), 3],
		['commas for addresses', { 'x-forwarded-for': ', ,8.8.8.8,' }, 2],
		['no header with a hop', {}, 1],
		['an empty header with a hop', { 'x-forwarded-for': '' }, 1],
	])('logs a request with fewer addresses than hops: %s', (what, headers, hops) => {
		const logged = loggedAfter(['8.8.8.8', '8.8.8.8'], headers, `fewer ${what}`, hops);
		expect(logged).toEqual([
			expect.stringMatching(new RegExp(`fewer proxies than the ${hops} of N8N_PROXY_HOPS`)),
		]);
	});

	it.each<[string, Record<string, string>, unknown]>([
		['as many addresses as hops', header('8.8.8.8', '8.8.4.4'), 2],
		['more, which clients wrote', header('1.1.1.1', '8.8.8.8', '8.8.4.4'), 2],
		['no hops', {}, 0],
		['proxies that are trusted by address', {}, 'loopback'],
		['n8n without that setting', {}, undefined],
	])('logs nothing for %s', (what, headers, hops) => {
		expect(loggedAfter(['8.8.8.8'], headers, `not ${what}`, hops)).toEqual([]);
	});
});
