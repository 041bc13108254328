import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { isAddress, isPrivate } from '../../shared/webhook';

const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

/** Names that only a local network knows (RFC 6761, RFC 6762, RFC 8375), and that proxies use. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|test|invalid)$/i;

/**
 * The trigger's address as the client sees it, for the WSDL. n8n's own idea of it (`WEBHOOK_URL`) is
 * used when it names the host that the client asked for: it knows of https, and of paths that a
 * proxy takes away, also when it was not told of the proxy. It is also used when it is public and
 * the host is not: a proxy that does not pass the client's host on asks for n8n at such a name. Else
 * the request tells, with X-Forwarded headers where n8n trusts them.
 */
export function ownAddress(node: IWebhookFunctions, request: Request): string {
	const { pathname } = new URL(request.originalUrl, 'http://unused');
	const configured = node.getNodeWebhookUrl('default') ?? '';
	const known = URL.canParse(configured) ? new URL(configured) : undefined;
	const { host } = request as { host?: string };
	if (host === undefined || !HOST.test(host)) return known ? known.href : pathname;
	const asked = new URL(`${request.protocol}://${host}${pathname}`);
	if (!known) return asked.href;
	const isSame = known.host === asked.host && known.pathname.endsWith(asked.pathname);
	const isProxys = isPublic(known.hostname) && !isPublic(asked.hostname);
	return isSame || isProxys ? known.href : asked.href;
}

/** Whether a name or an address means the same everywhere. */
function isPublic(hostname: string): boolean {
	const name = hostname.replace(/^\[|\]$/g, '');
	if (isAddress(name)) return !isPrivate(name);
	return name.includes('.') && !LOCAL_NAME.test(name);
}
