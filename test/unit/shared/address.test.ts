import fc from 'fast-check';
import {
	AllowedAddresses,
	isPrivate,
	networkOf,
	normalizeAddress,
} from '../../../nodes/shared/webhook/address';

const allowed = (list: string, address: string) => new AllowedAddresses(list).allow(address);

describe('networkOf returns', () => {
	it.each([
		['an IPv4 address itself', '203.0.113.7', '203.0.113.7'],
		['IPv4 in IPv6 as IPv4', '::ffff:203.0.113.7', '203.0.113.7'],
		['IPv4 in IPv6, in hexadecimal', '::FFFF:cb00:7107', '203.0.113.7'],
		['the /64 of IPv6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
		['the same /64, written long', '2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
		['a link with its zone', 'fe80::1%eth0', 'fe80::/64'],
		['an IPv4 address with a port', '203.0.113.7:51234', '203.0.113.7'],
		['an IPv6 address with a port', '[2001:db8:1:2::9]:51234', '2001:db8:1:2::/64'],
		['an IPv6 address in brackets', '[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
		['IPv4 in IPv6 with a port', '[::ffff:203.0.113.7]:51234', '203.0.113.7'],
		['what has two ports as one', '203.0.113.7:1:2', 'unknown'],
		['an invalid address as one', 'unknown', 'unknown'],
		['nothing as that', '', 'unknown'],
		['what a client wrote as that', `203.0.113.7 partner_7${'x'.repeat(9_000)}`, 'unknown'],
	])('%s', (_, address, network) => {
		expect(networkOf(address)).toBe(network);
	});

	it('one network for all addresses of a /64 and for no other', () => {
		const half = fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 4, maxLength: 4 });
		const address = (...groups: number[]) => groups.map((group) => group.toString(16)).join(':');
		fc.assert(
			fc.property(half, half, half, half, (one, other, host, otherHost) => {
				const network = networkOf(address(...one, ...host));
				expect(networkOf(address(...one, ...otherHost))).toBe(network);
				const isSame = address(...one) === address(...other);
				expect(networkOf(address(...other, ...host)) === network).toBe(isSame);
			}),
		);
	});

	it('the same IPv4 address for each of its notations', () => {
		fc.assert(
			fc.property(fc.ipV4(), (address) => {
				expect(networkOf(address)).toBe(address);
				expect(networkOf(`::ffff:${address}`)).toBe(address);
				expect(normalizeAddress(`::ffff:${address}`)).toBe(address);
				expect(normalizeAddress(`${address}:51234`)).toBe(address);
			}),
		);
	});
});

describe('normalizeAddress and isPrivate', () => {
	it.each([
		['::ffff:10.0.0.7', '10.0.0.7'],
		['2001:DB8::1', '2001:db8::1'],
		['203.0.113.7:51234', '203.0.113.7'],
		['[::ffff:203.0.113.7]:1', '203.0.113.7'],
		['[2001:DB8::1]:51234', '2001:db8::1'],
		['[2001:DB8::1]', '2001:db8::1'],
		['2001:db8::1:443', '2001:db8::1:443'],
		['x, y', 'x, y'],
		['[x]:1', '[x]:1'],
	])('normalize an address: %s', (address, plain) => {
		expect(normalizeAddress(address)).toBe(plain);
	});

	it.each([
		['127.0.0.1', true],
		['::1', true],
		['::ffff:127.0.0.1', true],
		['10.1.2.3', true],
		['172.17.0.1', true],
		['192.168.0.1', true],
		['100.64.0.1', true],
		['fd00::1', true],
		['fe80::1', true],
		['8.8.8.8', false],
		['::ffff:8.8.8.8', false],
		['2a00:1450::1', false],
		['unknown', false],
		['', false],
	])('recognize a local network: %s', (address, expected) => {
		expect(isPrivate(address)).toBe(expected);
	});
});

describe('allowed addresses', () => {
	it.each([
		['', '203.0.113.7', true],
		[' , ', 'unknown', true],
		['203.0.113.7', '203.0.113.7', true],
		['203.0.113.7', '203.0.113.8', false],
		['203.0.113.7', '::ffff:203.0.113.7', true],
		['::ffff:203.0.113.7', '203.0.113.7', true],
		['::ffff:203.0.113.0/120', '203.0.113.7', true],
		['::ffff:203.0.113.0/120', '203.0.114.7', false],
		['203.0.113.0/24', '203.0.113.255', true],
		['203.0.113.0/24', '203.0.114.0', false],
		['203.0.113.9/24', '203.0.113.1', true],
		['0.0.0.0/0', '2001:db8::1', false],
		['::/0', '203.0.113.7', false],
		['2001:db8::/32', '2001:db8:ffff::1', true],
		['2001:db8::/32', '2001:db9::1', false],
		['10.0.0.1 203.0.113.0/24;\n2001:db8::1,', '2001:db8::1', true],
		['10.0.0.1, 203.0.113.0/24', '10.0.0.2', false],
		['10.0.0.1', 'unknown', false],
		['10.0.0.1', '', false],
	])('%j, of %s: %s', (list, address, expected) => {
		expect(allowed(list, address)).toBe(expected);
	});

	it.each([
		'partner.example',
		'203.0.113',
		'203.0.113.7.1',
		'10',
		'0x7f.1',
		'010.0.0.1',
		'10.1/16',
		'203.0.113.0/33',
		'203.0.113.0/-1',
		'203.0.113.0/',
		'2001:db8::/129',
		'/24',
		'203.0.113.1-203.0.113.9',
		'*',
	])('are rejected by name: %s', (entry) => {
		expect(() => new AllowedAddresses(`10.0.0.1, ${entry}`)).toThrow(
			expect.objectContaining({
				name: 'InputError',
				message: `"${entry}" is neither an IP address nor a network such as 203.0.113.0/24`,
			}),
		);
	});

	it('allow an address of a network and none outside', () => {
		const bits = fc.integer({ min: 1, max: 32 });
		fc.assert(
			fc.property(fc.ipV4(), bits, fc.ipV4(), (network, length, address) => {
				const inside = number(network) >>> (32 - length) === number(address) >>> (32 - length);
				expect(allowed(`${network}/${length}`, address)).toBe(inside);
			}),
		);
	});
});

function number(address: string): number {
	return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
