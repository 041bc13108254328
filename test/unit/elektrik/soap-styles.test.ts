import {
	ElektrikMessageError,
	readCheckUserResponse,
	SoapFault,
	writeFault,
} from '../../../nodes/Elektrik/protocol';
import { soapChecker } from '../../../nodes/Elektrik/client/check-soap';
import type { HttpRequest } from '../../../nodes/shared/http';

const ENDPOINT = 'https://distributor.example/soap';
const HASH = '0123456789abcdef0123456789abcdef';
const WSDL =
	'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"';
const XSD = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

const binding = (style: string, use: string) =>
	`<binding name="B" type="t:P"><soap:binding style="${style}" transport="http://schemas.xmlsoap.org/soap/http"/>` +
	`<operation name="CheckUser"><soap:operation soapAction="urn:s#CheckUser"/><input><soap:body use="${use}" namespace="urn:s"/></input><output><soap:body use="${use}" namespace="urn:s"/></output></operation></binding>` +
	`<service name="S"><port name="P" binding="t:B"><soap:address location="${ENDPOINT}"/></port></service>`;
const portType =
	'<portType name="P"><operation name="CheckUser"><input message="t:In"/><output message="t:Out"/></operation></portType>';

/** As PHP’s generators write it. */
const RPC = `<definitions ${WSDL} ${XSD} xmlns:t="urn:s" targetNamespace="urn:s"><types><xsd:schema targetNamespace="urn:s"><xsd:complexType name="User"><xsd:all><xsd:element name="exist" type="xsd:boolean"/><xsd:element name="points" type="xsd:double"/></xsd:all></xsd:complexType></xsd:schema></types><message name="In"><part name="phone" type="xsd:string"/></message><message name="Out"><part name="CheckUserResult" type="t:User"/></message>${portType}${binding('rpc', 'encoded')}</definitions>`;

/** As .NET splits it: contract and types are documents of their own. */
const SPLIT: Record<string, string> = {
	'?wsdl': `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" ${WSDL} xmlns:t="urn:s" targetNamespace="urn:s"><wsdl:import namespace="urn:s" location="${ENDPOINT}?wsdl=0"/>${binding('document', 'literal')}</wsdl:definitions>`,
	'?wsdl=0': `<definitions ${WSDL} ${XSD} xmlns:t="urn:s" targetNamespace="urn:s"><types><xsd:schema targetNamespace="urn:s/Imports"><xsd:import schemaLocation="?xsd=0" namespace="urn:s"/></xsd:schema></types><message name="In"><part name="parameters" element="t:CheckUser"/></message><message name="Out"><part name="parameters" element="t:CheckUserAnswer"/></message>${portType}</definitions>`,
	'?xsd=0': `<xsd:schema ${XSD} xmlns:t="urn:s" targetNamespace="urn:s" elementFormDefault="qualified"><xsd:element name="CheckUser"><xsd:complexType><xsd:sequence><xsd:element name="arParameters" type="t:Parameters"/></xsd:sequence></xsd:complexType></xsd:element><xsd:complexType name="Parameters"><xsd:complexContent><xsd:extension base="t:Base"><xsd:sequence/></xsd:extension></xsd:complexContent></xsd:complexType><xsd:complexType name="Base"><xsd:sequence><xsd:element name="phone" type="xsd:string"/></xsd:sequence></xsd:complexType><xsd:element name="CheckUserAnswer"/></xsd:schema>`,
};

const envelope = (body: string, version = 'http://www.w3.org/2003/05/soap-envelope') =>
	`<?xml version="1.0"?><e:Envelope xmlns:e="${version}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${XSD}><e:Header/><e:Body>${body}</e:Body></e:Envelope>`;

async function ask(documents: Record<string, string>, answer: string) {
	const sent: string[] = [];
	const send = async ({ method, url, body = '' }: HttpRequest) => {
		await Promise.resolve();
		if (method === 'POST') sent.push(body as string);
		const text = method === 'GET' ? documents[url.slice(ENDPOINT.length)]! : answer;
		return { status: 200, headers: {}, body: Buffer.from(text) };
	};
	const check = soapChecker({ endpoint: ENDPOINT, allowUnauthorizedCerts: false, send });
	return { ...(await check(HASH, { timeout: 1_000 })), sent };
}

describe('a distributor’s service by SOAP is asked', () => {
	it('in style rpc', async () => {
		const answer = envelope(
			'<t:CheckUserResponse xmlns:t="urn:s"><CheckUserResult xsi:type="t:User"><exist xsi:type="xsd:boolean">true</exist><points xsi:type="xsd:double">1.5E1</points></CheckUserResult></t:CheckUserResponse>',
			'http://schemas.xmlsoap.org/soap/envelope/',
		);
		const { sent, check, raw } = await ask({ '?wsdl': RPC }, answer);
		expect(sent[0]).toContain(`<t:CheckUser><phone>${HASH}</phone></t:CheckUser>`);
		expect(check).toEqual({ exist: true, points: 15 });
		expect(raw).toEqual({ CheckUserResult: { exist: true, points: 15 } });
	});

	it('by a WSDL in three documents, with arParameters', async () => {
		const answer = envelope(
			'<CheckUserAnswer xmlns="urn:s"><exist>1</exist><points> 7 </points></CheckUserAnswer>',
		);
		const { sent, check, raw } = await ask(SPLIT, answer);
		expect(sent[0]).toMatch(
			new RegExp(
				`<(\\w+:)?arParameters.*<(\\w+:)?phone>${HASH}</(\\w+:)?phone></(\\w+:)?arParameters>`,
			),
		);
		expect(check).toEqual({ exist: true, points: 7 });
		expect(raw).toEqual({ exist: '1', points: 7 });
	});
});

describe('an answer by SOAP', () => {
	const read = (body: string) => readCheckUserResponse(envelope(body), []);

	it.each<[string, string, unknown]>([
		[
			'of text, numbers and nothing',
			'<a>x</a><b xsi:type="xsd:int">1</b><c xsi:type="xsd:string">1</c><d/><points>1</points>',
			{ a: 'x', b: 1, c: '1', d: null, points: 1 },
		],
		['with xsi:nil', '<points xsi:nil="true"/><exist>false</exist>', { exist: false }],
		['with a list', '<a>1</a><a>2</a><a><b>3</b></a>', { a: ['1', '2', { b: '3' }] }],
		['with CDATA', '<exist><![CDATA[true]]></exist>', { exist: true }],
		['with an id, but no reference', '<exist id="a">true</exist>', { exist: true }],
		[
			'with digits beyond a number’s',
			'<points>12345678901234567</points>',
			{ points: '12345678901234567' },
		],
		[
			'called as objects are',
			'<__proto__>1</__proto__><constructor>2</constructor>',
			{ ['__proto__']: '1', constructor: '2' },
		],
	])('%s is an object', (_, fields, result) => {
		expect(read(`<CheckUserResponse>${fields}</CheckUserResponse>`)).toEqual({ result });
	});

	it.each(['CheckUser', 'CheckUserOut', 'CheckUserOutput'])('may be called %s', (name) => {
		expect(read(`<${name}><a>1</a></${name}>`)).toEqual({ result: { a: '1' } });
	});

	it('has the words of a fault, if there are any', () => {
		for (const version of ['1.1', '1.2'] as const) {
			const { body } = writeFault(new SoapFault(version, 'Receiver', 'База недоступна'));
			expect(readCheckUserResponse(body.toString(), [])).toEqual({ fault: 'База недоступна' });
		}
		expect(read('<e:Fault/>')).toEqual({ fault: '' });
	});

	it.each(['', '{"exist": true}', '<html/>', '--boundary\r\n\r\n<e/>', '<a/>'])(
		'is none when it is %j',
		(text) => {
			expect(() => readCheckUserResponse(text, [])).toThrow(ElektrikMessageError);
		},
	);
});
