import sax from 'sax';
import { readIncomingCheck, RefusedRequest } from '../../../nodes/Elektrik/server/exchange';

const SOAP = 'application/soap+xml; charset=utf-8';
const ENVELOPE = 'http://www.w3.org/2003/05/soap-envelope';
const MEGABYTE = 1024 * 1024;

const around = (phone: string, before = '') =>
	`${before}<e:Envelope xmlns:e="${ENVELOPE}"><e:Body><CheckUser><phone>${phone}</phone></CheckUser></e:Body></e:Envelope>`;

const names = (count: number, level = 0) =>
	Array.from({ length: count }, (_, at) => `xmlns:n${level}_${at}="u"`).join(' ');
const attributes = (count: number) =>
	Array.from({ length: count }, (_, at) => `a${at.toString(36)}=""`).join(' ');

/** Each entity holds the one before ten times. */
const laughs = Array.from(
	{ length: 12 },
	(_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
).join('');

const HOSTILE: Array<[string, () => string]> = [
	['a billion laughs', () => around('&l12;', `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`)],
	[
		'a quadratic bomb',
		() => around('&a;'.repeat(20_000), `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(50_000)}">]>`),
	],
	[
		'an external entity',
		() => around('&x;', '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
	],
	['an external DTD', () => around('0', '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">')],
	[
		'a parameter entity',
		() => around('0', '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>'),
	],
	['a DTD without an end', () => `<!DOCTYPE x [${'<!ENTITY a "a">'.repeat(10_000)}`],
	['a declaration in the middle', () => around('<!ELEMENT x ANY>')],
	['10 MB of text', () => around('a'.repeat(10 * MEGABYTE))],
	['10 MB of elements', () => around('<a/>'.repeat(2.5 * MEGABYTE))],
	['10 MB of one attribute', () => around(`<a b="${'c'.repeat(10 * MEGABYTE)}"/>`)],
	[
		'many attributes',
		() => around(`<a ${Array.from({ length: 15_000 }, (_, at) => `a${at}=""`).join(' ')}/>`),
	],
	[
		'many namespaces',
		() => around(`<a ${Array.from({ length: 8_000 }, (_, at) => `xmlns:a${at}="u"`).join(' ')}/>`),
	],
	[
		'many namespaces around many elements',
		() => around(`<a ${names(1_500)}>${'<b/>'.repeat(7_000)}</a>`),
	],
	[
		'many namespaces at every level',
		() => around(Array.from({ length: 25 }, (_, level) => `<a ${names(80, level)}>`).join('')),
	],
	[
		'as many namespaces and elements as are taken',
		() => around(`<a ${names(98)}>${'<b/>'.repeat(1_990)}</a>`),
	],
	['as many attributes as fit', () => around(`<a ${attributes(8_000)}/>`)],
	['as many elements as fit', () => around('<a/>'.repeat(16_000))],
	['deep nesting', () => around('<a>'.repeat(60_000) + '</a>'.repeat(10))],
	['a tag without an end', () => `<${'a'.repeat(200_000)}`],
	['a comment without an end', () => `<!--${'a'.repeat(200_000)}`],
	['CDATA without an end', () => around(`<![CDATA[${']'.repeat(200_000)}`)],
	['references to no character', () => around('&#x110000;&#0;')],
];

const mandatory = (namespace: string, name: string, count: number) =>
	`<e:Envelope xmlns:e="${ENVELOPE}" xmlns:b="${namespace}"><e:Header>${`<b:${name} e:mustUnderstand="1"/>`.repeat(count)}</e:Header><e:Body><x/></e:Body></e:Envelope>`;

describe('a fault does not grow with the request', () => {
	it.each([
		['many mandatory blocks', mandatory('urn:u', 'b', 1_900)],
		['many of a long namespace', mandatory("'".repeat(32_000), 'b', 1_000)],
		['one of a long namespace', mandatory("'".repeat(64_000), 'b', 1)],
		['one of a long name', mandatory('urn:u', 'b'.repeat(64_000), 1)],
		['the longest names told', mandatory("'".repeat(256), 'b'.repeat(256), 1)],
	])('%s', (_, envelope) => {
		const { status, body } = refusalOf(Buffer.from(envelope)).answer;
		expect(status).toBe(500);
		expect(body.toString()).toContain('MustUnderstand');
		expect(body.length).toBeLessThan(3_000);
	});

	it('names the unsupported block if its name is short', () => {
		const { body } = refusalOf(Buffer.from(mandatory('urn:u', 'h', 2))).answer;
		expect(body.toString().split('<env:NotUnderstood')).toHaveLength(2);
		expect(body.toString()).toContain('xmlns:block="urn:u" qname="block:h"');
	});
});

function refusalOf(body: Buffer): RefusedRequest {
	try {
		readIncomingCheck(body, SOAP);
	} catch (error) {
		if (error instanceof RefusedRequest) return error;
		throw error;
	}
	throw new Error('It was not refused');
}

describe('a hostile envelope is rejected quickly', () => {
	it.each(HOSTILE)('%s', (_, make) => {
		const body = Buffer.from(make());
		const before = process.cpuUsage().user;
		const heap = process.memoryUsage().heapUsed;
		let refused: unknown;
		try {
			readIncomingCheck(body, SOAP);
		} catch (error) {
			refused = error;
		}
		const milliseconds = (process.cpuUsage().user - before) / 1000;
		expect(refused).toBeInstanceOf(RefusedRequest);
		expect((refused as RefusedRequest).answer.status).toBe(400);
		expect(milliseconds).toBeLessThan(1_000);
		expect(process.memoryUsage().heapUsed - heap).toBeLessThan(100 * MEGABYTE);
		expect((refused as RefusedRequest).answer.body.length).toBeLessThan(1_000);
	});

	it.each([
		['on one element', `<a ${attributes(2_001)}/>`],
		['on many elements', `<a ${attributes(11)}/>`.repeat(182)],
		['with blanks and either quote', '<a b = "" c =\n\'\'/>'.repeat(1_001)],
	])('before it is parsed when it has too many attributes %s', (_, content) => {
		const parser = jest.spyOn(sax, 'parser');
		expect(refusalOf(Buffer.from(around(content))).message).toMatch('too many attributes');
		expect(parser).not.toHaveBeenCalled();
		parser.mockRestore();
	});

	it('an envelope at the limits is accepted', () => {
		const hash = '0123456789abcdef0123456789abcdef';
		const envelope = around(hash).replace('<phone>', `<a ${attributes(1_999)}/><phone>`);
		expect(readIncomingCheck(Buffer.from(envelope), SOAP).phoneHash).toBe(hash);
	});

	it('hostile JSON is rejected quickly', () => {
		for (const text of [
			'['.repeat(60_000),
			'{"action":'.repeat(6_000),
			' '.repeat(10 * MEGABYTE),
		]) {
			expect(() => readIncomingCheck(Buffer.from(text), 'application/json')).toThrow(
				RefusedRequest,
			);
		}
	});
});
