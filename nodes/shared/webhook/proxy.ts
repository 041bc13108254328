import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { isAddress, isPrivate } from './address';
import { tellOnce } from './telling';

/**
 * Warns, once each, of a proxy that n8n was not told of, behind which everybody has the proxy's
 * address, and of one that does not say which address a request comes from.
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
	if (request.headers['x-forwarded-for'] === undefined || address === '') return;
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
