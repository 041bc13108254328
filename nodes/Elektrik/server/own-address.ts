import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';

const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

/**
 * The trigger's address as the client sees it, for the WSDL. n8n's own idea of it is taken when it
 * names the host that the client asked for: it knows of https, and of paths that a proxy takes away,
 * also when it was not told of the proxy. Else the request tells, with X-Forwarded headers where
 * n8n trusts them.
 */
export function ownAddress(node: IWebhookFunctions, request: Request): string {
	const { pathname } = new URL(request.originalUrl, 'http://unused');
	const configured = node.getNodeWebhookUrl('default') ?? '';
	const known = URL.canParse(configured) ? new URL(configured) : undefined;
	const { host } = request as { host?: string };
	if (host === undefined || !HOST.test(host)) return known ? known.href : pathname;
	const asked = new URL(`${request.protocol}://${host}${pathname}`);
	return known && known.host === asked.host && known.pathname.endsWith(asked.pathname)
		? known.href
		: asked.href;
}
