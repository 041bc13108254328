import type { Application, Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { isAddress, isPrivate } from './address';
import { tellOnce } from './telling';

/**
 * Warns, once each, of a proxy that n8n was not told of, behind which everybody has the proxy's
 * address, of one that does not say which address a request comes from, and of a proxy that n8n was
 * told of and that is not there, so that senders choose their address themselves.
 *
 * @param address as `plainAddress` gives it
 * @param consequence what then cannot work, as the rest of a sentence
 */
export function noticeProxy(
	node: IWebhookFunctions,
	request: Request,
	address: string,
	consequence: string,
): void {
	if (address === '') return;
	const forwarded = request.headers['x-forwarded-for'];
	const hops = proxyHops(request);
	if (addressesIn(forwarded) < hops) {
		tellOnce(
			node,
			'hops',
			`a request came through fewer proxies than the ${hops} of N8N_PROXY_HOPS, so senders can choose the address that n8n sees by writing an X-Forwarded-For header themselves: they get past allowed addresses, and can have others banned. Set N8N_PROXY_HOPS to the number of proxies that every request passes, and let nobody reach n8n past them.`,
		);
	}
	if (forwarded === undefined) return;
	if (!isAddress(address)) {
		tellOnce(
			node,
			'address',
			`the proxy in front of n8n writes something else than addresses into X-Forwarded-For, so all senders with such a header count as one: ${consequence}. Have it write the sender's address, with or without a port, and set N8N_PROXY_HOPS to the number of proxies.`,
		);
	} else if (isPrivate(address)) {
		tellOnce(
			node,
			'proxy',
			`requests come through a proxy that n8n was not told of, so all senders share the address ${address}: ${consequence}. Set N8N_PROXY_HOPS to the number of proxies in front of n8n.`,
		);
	}
}

/** n8n's `N8N_PROXY_HOPS`, which it hands to Express as a number; 0 where there is none. */
function proxyHops(request: Request): number {
	// A request of a test has no application.
	const trusted: unknown = (request.app as Application | undefined)?.get('trust proxy');
	return typeof trusted === 'number' ? trusted : 0;
}

/** Each proxy adds one: fewer than the proxies means that a client could have written them all. */
function addressesIn(header: string | string[] = ''): number {
	const addresses = [header].flat().join().split(',');
	return addresses.filter((address) => address.trim() !== '').length;
}
