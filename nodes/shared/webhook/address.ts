import { isIP } from 'node:net';
import type { Application, Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { IWebhookFunctions } from 'n8n-workflow';
import { InputError } from '../errors';
import { warnOnce } from './send';

/**
 * Logs one warning for each of these: a proxy that is not configured in n8n, so that all senders have its
 * address; a proxy that does not pass on the sender's address; and a configured proxy that does not exist,
 * so that senders can choose their address.
 *
 * @param address the address, as `normalizeAddress` returns it
 * @param consequence what cannot work then, as the rest of a sentence
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

/** Returns n8n's `N8N_PROXY_HOPS`, which it passes to Express as a number; 0 if it is not set. */
function proxyHops(request: Request): number {
	// Requests in tests have no application.
	const trusted: unknown = (request.app as Application | undefined)?.get('trust proxy');
	return typeof trusted === 'number' ? trusted : 0;
}

/** Counts the addresses. Each proxy adds one; if there are fewer, a client may have written all of them. */
function addressesIn(header: string | string[] = ''): number {
	const addresses = [header].flat().join().split(',');
	return addresses.filter((address) => address.trim() !== '').length;
}

/** Bits before the IPv4 address in `::ffff:`. */
const MAPPED_BITS = 96;

/** The network of a value that is not an address, which a client may have written into a header. */
const NO_NETWORK = 'unknown';

/**
 * Returns the network for which the failures of an address are counted: an IPv4 address itself, or the /64
 * of an IPv6 address, which is what one customer gets. IPv4 in IPv6 (`::ffff:`) is IPv4. All values that are
 * not an address are one network.
 */
export function networkOf(given: string): string {
	const address = withoutPort(given);
	if (!ipaddr.isValid(address)) return NO_NETWORK;
	const parsed = ipaddr.process(address);
	if (parsed.kind() === 'ipv4') return parsed.toString();
	const bytes = parsed.toByteArray();
	return `${ipaddr.fromByteArray([...bytes.slice(0, 8), ...Array<number>(8).fill(0)]).toString()}/64`;
}

/** Normalizes an address: removes the port, and converts IPv4 in IPv6 (`::ffff:`) to IPv4. */
export function normalizeAddress(given: string): string {
	const address = withoutPort(given);
	return ipaddr.isValid(address) ? ipaddr.process(address).toString() : given;
}

/** Removes the port, which some load balancers append to the address: `a.b.c.d:port`, `[v6]:port`. */
function withoutPort(address: string): string {
	const [, ipv4, ipv6] = /^(?:([\d.]+)|\[([\da-f:.]+)\])(?::\d{1,5})?$/i.exec(address) ?? [];
	return ipv4 ?? ipv6 ?? address;
}

/** Whether it is an IP address: a proxy may write a word instead. */
export function isAddress(text: string): boolean {
	return ipaddr.isValid(text);
}

/** Whether an address belongs to a local network, as that of a proxy does. */
export function isPrivate(address: string): boolean {
	return ipaddr.isValid(address) && ipaddr.process(address).range() !== 'unicast';
}

/** The addresses and networks that may send requests. An empty list allows all. */
export class AllowedAddresses {
	private readonly networks: Array<[ipaddr.IPv4 | ipaddr.IPv6, number]>;

	/**
	 * @param list addresses or networks in CIDR form, separated by commas or white space
	 * @throws InputError that names the invalid entry
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

/** Reads a network. IPv4 in IPv6 becomes IPv4, as in the addresses that are compared. */
function readNetwork(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
	const [address = ''] = entry.split('/');
	// The library also accepts "10" and "010.0.0.1", but as other addresses than a user means.
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
