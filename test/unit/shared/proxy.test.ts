import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { noticeProxy } from '../../../nodes/shared/webhook';

/** What a node told n8n's log after requests from these addresses. */
function toldAfter(addresses: readonly string[], headers: Record<string, string>, id: string) {
	const warn = jest.fn<undefined, [string]>();
	const node = {
		logger: { warn },
		getNode: () => ({ id, name: 'Trigger' }),
		getWorkflow: () => ({ id: 'w' }),
		// A notice asks for no more.
	} as unknown as IWebhookFunctions;
	const request = { headers } as unknown as Request;
	for (const address of addresses) noticeProxy(node, request, address, 'nothing works');
	return warn.mock.calls.map(([message]) => message);
}

const forwarded = { 'x-forwarded-for': '203.0.113.7' };

it('a proxy that n8n was not told of is told, with what to set', () => {
	const [told] = toldAfter(['172.17.0.1'], forwarded, 'a');
	expect(told).toMatch(/172\.17\.0\.1: nothing works\. Set N8N_PROXY_HOPS/);
});

it('it is told once, whatever addresses are made up, so that nobody fills log and memory', () => {
	const addresses = Array.from({ length: 1_000 }, (_, at) => `fd00::${at.toString(16)}`);
	expect(toldAfter(addresses, forwarded, 'b')).toHaveLength(1);
});

it.each([
	['without the header of proxies', '172.17.0.1', {}],
	['from the Internet', '8.8.8.8', forwarded],
])('nothing is told of requests %s', (_, address, headers) => {
	expect(toldAfter([address], headers, 'c')).toEqual([]);
});

it('a proxy that names no address is told, once, without what it names', () => {
	const told = toldAfter(['unknown', '_hidden', 'unknown'], forwarded, 'd');
	expect(told).toEqual([expect.stringMatching(/X-Forwarded-For.*: nothing works\./)]);
	expect(told[0]).not.toMatch(/hidden/);
});

it('nothing is told of a request whose connection has gone, and with it its address', () => {
	expect(toldAfter([''], forwarded, 'e')).toEqual([]);
});
