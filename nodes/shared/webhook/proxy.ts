import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { isPrivate } from './address';
import { tellOnce } from './telling';

/**
 * Warns, once, of a proxy that n8n was not told of: behind it everybody has the proxy's address.
 *
 * @param consequence what then cannot work, as the rest of a sentence
 */
export function noticeProxy(
	node: IWebhookFunctions,
	request: Request,
	address: string,
	consequence: string,
): void {
	if (request.headers['x-forwarded-for'] === undefined || !isPrivate(address)) return;
	tellOnce(
		node,
		'proxy',
		`requests come through a proxy that n8n was not told of, so all senders share the address ${address}: ${consequence}. Set N8N_PROXY_HOPS to the number of proxies in front of n8n.`,
	);
}
