import { isIP } from 'node:net';
import type { Application, Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { IWebhookFunctions } from 'n8n-workflow';
import { InputError } from '../errors';
import { warnOnce } from './send';

/**
 * Warns, once each, of a proxy that n8n was not told of, behind which everybody has the proxy's
 * address, of one that does not say which address a request comes from, and of a proxy that n8n was
 * told of and that is not there, so that senders choose their address themselves.
 *
 * @param address as `normalizeAddress` gives it
 * @param consequence what then cannot work, as the rest of a sentence
 */
export function warnAboutProxy(
	node: IWebhookFunctions,
	request: Request,
	address: string,
	consequence: string,
): void {
	if (address === '') return;
	const forwarded = request.headers['x-forwarded-for'];
	const hops = proxyHops(request);
	if (addressesIn(forwarded) < hops) {
		warnOnce(
			node,
			'hops',
			`a request came through fewer proxies than the ${hops} of N8N_PROXY_HOPS, so senders can choose the address that n8n sees by writing an X-Forwarded-For header themselves: they can bypass allowed addresses and get other senders banned. Set N8N_PROXY_HOPS to the number of proxies that every request passes, and block direct access to n8n.`,
		);
	}
	if (forwarded === undefined) return;
	if (!isAddress(address)) {
		warnOnce(
			node,
			'address',
			`the proxy in front of n8n writes values other than addresses into X-Forwarded-For, so all senders with such a header count as one: ${consequence}. Have it write the sender's address, with or without a port, and set N8N_PROXY_HOPS to the number of proxies.`,
		);
	} else if (isPrivate(address)) {
		warnOnce(
			node,
			'proxy',
			`n8n receives requests through a proxy that is not configured, so all senders appear as ${address}: ${consequence}. Set N8N_PROXY_HOPS to the number of proxies in front of n8n.`,
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

/** Bits before the IPv4 address in `::ffff:`. */
const MAPPED_BITS = 96;

/** What a client wrote into a header that is trusted wrongly is not remembered word for word. */
const NO_NETWORK = 'unknown';

/**
 * The network that an address's failures are counted for: an IPv4 address itself, of IPv6 the /64
 * that a single customer gets. IPv4 in IPv6 (`::ffff:`) is IPv4. What is no address is one network.
 */
export function networkOf(given: string): string {
	const address = withoutPort(given);
	if (!ipaddr.isValid(address)) return NO_NETWORK;
	const parsed = ipaddr.process(address);
	if (parsed.kind() === 'ipv4') return parsed.toString();
	const bytes = parsed.toByteArray();
	return `${ipaddr.fromByteArray([...bytes.slice(0, 8), ...Array<number>(8).fill(0)]).toString()}/64`;
}

/** An address as it is shown and compared: without a port; IPv4 in IPv6 (`::ffff:`) is IPv4. */
export function normalizeAddress(given: string): string {
	const address = withoutPort(given);
	return ipaddr.isValid(address) ? ipaddr.process(address).toString() : given;
}

/** Some load balancers write the sender's port behind its address: `a.b.c.d:port`, `[v6]:port`. */
function withoutPort(address: string): string {
	const [, ipv4, ipv6] = /^(?:([\d.]+)|\[([\da-f:.]+)\])(?::\d{1,5})?$/i.exec(address) ?? [];
	return ipv4 ?? ipv6 ?? address;
}

/** Whether it is an address at all: a proxy may write a word in its place. */
export function isAddress(text: string): boolean {
	return ipaddr.isValid(text);
}

/** Whether an address belongs to a local network, as a proxy's does. */
export function isPrivate(address: string): boolean {
	return ipaddr.isValid(address) && ipaddr.process(address).range() !== 'unicast';
}

/** Addresses and networks that may send; with none given, all may. */
export class AllowedAddresses {
	private readonly networks: Array<[ipaddr.IPv4 | ipaddr.IPv6, number]>;

	/**
	 * @param list addresses or networks in CIDR form, separated by commas or white space
	 * @throws InputError naming what is none
	 */
	constructor(list: string) {
		const entries = new Set(list.split(/[\s,;]+/).filter((entry) => entry !== ''));
		this.networks = [...entries].map(readNetwork);
	}

	allow(address: string): boolean {
		if (this.networks.length === 0) return true;
		if (!ipaddr.isValid(address)) return false;
		const parsed = ipaddr.process(address);
		return this.networks.some(
			([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits),
		);
	}
}

/** IPv4 in IPv6 is IPv4, as it is of the addresses that are compared. */
function readNetwork(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
	const [address = ''] = entry.split('/');
	// The library also takes "10" or "010.0.0.1" for addresses, and not for those that are meant.
	const kind = isIP(address);
	const family = kind === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
	const network = entry === address ? `${entry}/${kind === 4 ? 32 : 128}` : entry;
	if (kind === 0 || !family.isValidCIDR(network)) {
		throw new InputError(
			`"${entry}" is neither an IP address nor a network such as 203.0.113.0/24`,
			"Correct 'Allowed IP Addresses' in the options. Host names are not supported.",
		);
	}
	const [parsed, bits] = family.parseCIDR(network);
	return parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && bits >= MAPPED_BITS
		? [parsed.toIPv4Address(), bits - MAPPED_BITS]
		: [parsed, bits];
}
