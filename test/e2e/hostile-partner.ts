import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { writeWsdl } from '../../nodes/Elektrik/protocol';
import { sign, type ExapiKey } from '../../nodes/Exapi/protocol';

const MEGABYTE = 1024 * 1024;
/** What our nodes read of an answer. */
const LARGEST = 16 * MEGABYTE - 1024;

const fill = (unit: string, before = '', behind = '', most = LARGEST) => {
	const room = most - before.length - behind.length;
	return before + unit.repeat(Math.floor(room / unit.length)) + behind;
};
const times = (count: number, make: (at: number) => string) =>
	Array.from({ length: count }, (_, at) => make(at)).join('');

const envelope = (body: string) =>
	'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>' +
	`<CheckUserResponse xmlns="urn:elektrik.ru:distributor"><CheckUserResult>${body}` +
	'<exist>true</exist></CheckUserResult></CheckUserResponse></e:Body></e:Envelope>';
/** Each element refers twice to the one before. */
const doubling = times(24, (at) => `<m id="r${at + 1}"><a href="#r${at}"/><b href="#r${at}"/></m>`);

/** Answers by SOAP, at `/soap/<kind>`. */
export const SOAP_ANSWERS: Record<string, string> = {
	'references that double': envelope(`<x href="#r24"/><m id="r0">x</m>${doubling}`),
	'elements of 16 MB': envelope('<a/>'.repeat(4_000_000)),
	'a name of 16 MB': envelope(`<${'a'.repeat(LARGEST)}/>`),
	'depth of 16 MB': fill('<a>'),
	'character references of 16 MB': envelope('&#x41;'.repeat(2_600_000)),
};

const extension = (at: number, content: string) =>
	`<xsd:complexType name="T${at}"><xsd:complexContent><xsd:extension base="tns:T${at - 1}">` +
	`<xsd:sequence>${content}</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>`;
const inner = (at: number) => extension(at, '').replace(` name="T${at}"`, '');
const nested = (wsdl: string) =>
	wsdl
		.replace(
			'<xsd:complexType name="Parameters">',
			`<xsd:complexType name="T0"><xsd:sequence/></xsd:complexType>${times(60, (at) =>
				extension(
					at + 1,
					`<xsd:element name="a">${inner(at + 1)}</xsd:element><xsd:element name="b">${inner(at + 1)}</xsd:element>`,
				),
			)}$&`,
		)
		.replace('<xsd:element name="phone"', '<xsd:element name="x" type="tns:T60"/>$&');

/** What makes a hostile WSDL of one, at `/wsdl/<kind>`. */
export const WSDLS: Record<string, (wsdl: string) => string> = {
	'extensions within extensions': nested,
	'50,000 elements': (wsdl) =>
		wsdl.replace('<xsd:element name="phone"', `${'<xsd:element name="p"/>'.repeat(50_000)}$&`),
	'16 MB of types': (wsdl) =>
		wsdl.replace('<xsd:complexType name', `${'<xsd:complexType/>'.repeat(800_000)}$&`),
};

const beginning = '{"success":true,"sign":"a","answer":"';
/** Lists, which together have as many values as they may. */
const lists = (values: number, unit = '[]') =>
	Array.from({ length: values / 200_000 }, () => `[${`${unit},`.repeat(99_000)}1]`).join(',');

/** JSON that is not signed, at `/json/<kind>`. */
export const JSON_ANSWERS: Record<string, string> = {
	'50 beginnings of an envelope': fill('x', beginning.repeat(50)),
	'50 beginnings around a list': fill('1,', '{"success":true,"sign":['.repeat(50)),
	'opening brackets': fill('['),
	'empty lists': fill('[],', '{"success":true,"result":['),
	'as many values as are read': `{"success":true,"result":[${lists(400_000)}]}`,
	'control characters': fill('\u0001', '{"success":true,"result":"', '"}'),
	digits: fill('9', '{"success":true,"result":[', ']}'),
	'escaped quotes': fill('\\"', '{"a":"'),
	'small objects': fill('{"sign":"a","answer":"b"}'),
};

/** What a partner signs, at `/signed/<kind>`. */
export const SIGNED_ANSWERS: Record<string, string> = {
	'as many values as are read': `{"error":null,"result":[${lists(1_800_000)}]}`,
	'more values than are read': `{"error":null,"result":[${lists(4_000_000)}]}`,
	'keys of one object': `{"error":null,"result":{${times(600_000, (at) => `"k${at}":1,`)}"a":1}}`,
	'an order with 200,000 calls': `{"error":null,"result":[{"nmb":"1","status":"paid","call_log":[${'{"date":"20260101T101010"},'.repeat(199_000)}1]}]}`,
	'opening brackets': fill('['),
};

/** A server that answers whatever is asked for with the worst it has, packed. */
export class HostilePartner {
	private constructor(
		private readonly server: Server,
		private readonly bodies: ReadonlyMap<string, Buffer>,
	) {}

	/** @param key that it signs with */
	static async start(key: ExapiKey): Promise<HostilePartner> {
		const bodies = new Map<string, Buffer>();
		const add = (group: string, kind: string, text: string) =>
			bodies.set(`/${group}/${encodeURIComponent(kind)}`, gzipSync(text));
		for (const [kind, text] of Object.entries(SOAP_ANSWERS)) add('soap', kind, text);
		for (const [kind, text] of Object.entries(JSON_ANSWERS)) add('json', kind, text);
		for (const [kind, text] of Object.entries(SIGNED_ANSWERS)) {
			add('signed', kind, JSON.stringify({ sign: sign(text, key), answer: text }));
		}
		const server = createServer();
		const partner = new HostilePartner(server, bodies);
		server.on('request', (request, response) => {
			request.resume();
			response.on('error', () => undefined);
			partner.answer(request.method === 'GET', new URL(request.url ?? '/', partner.url), response);
		});
		await once(server.listen(0, '127.0.0.1'), 'listening');
		return partner;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	at(group: string, kind: string): string {
		return `${this.url}/${group}/${encodeURIComponent(kind)}`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private answer(isGet: boolean, { pathname }: URL, response: ServerResponse): void {
		const [, group = '', kind = ''] = pathname.split('/');
		if (group === 'dripping') drip(response);
		else if (group === 'bomb') unpack(response, BLANKS);
		else if (isGet && group === 'soap') response.end(writeWsdl(this.url + pathname));
		else if (group === 'wsdl') {
			const wsdl = WSDLS[decodeURIComponent(kind)]!(writeWsdl(this.url + pathname));
			unpack(response, gzipSync(wsdl));
		} else unpack(response, this.bodies.get(pathname) ?? BLANKS);
	}
}

/** A gigabyte in a megabyte: a packed text may have many parts. */
const BLANKS = Buffer.concat(Array<Buffer>(1024).fill(gzipSync(' '.repeat(MEGABYTE))));

function unpack(response: ServerResponse, packed: Buffer): void {
	response.writeHead(200, {
		'content-encoding': 'gzip',
		'content-type': 'text/xml; charset=utf-8',
	});
	response.end(packed);
}

/** A blank ten times a second, without end. */
function drip(response: ServerResponse): void {
	const timer = setInterval(() => response.write(' '), 100);
	response.writeHead(200).on('close', () => clearInterval(timer));
}
