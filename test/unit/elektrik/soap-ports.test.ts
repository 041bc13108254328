import { writeEnvelope } from '../../../nodes/Elektrik/protocol/soap/envelope';
import { soapChecker } from '../../../nodes/Elektrik/client/check-soap';
import type { HttpRequest } from '../../../nodes/shared/http';

const ENDPOINT = 'https://distributor.example/soap';
const EXISTS = '<exist>true</exist><points>7</points>';

/** The kinds of binding that ASP.NET writes into one WSDL. */
const KINDS = {
	soap12: 'http://schemas.xmlsoap.org/wsdl/soap12/',
	soap11: 'http://schemas.xmlsoap.org/wsdl/soap/',
	http: 'http://schemas.xmlsoap.org/wsdl/http/',
} as const;
type Kind = keyof typeof KINDS;

interface Service {
	kinds: readonly Kind[];
	style?: 'document' | 'rpc';
	/** The name of the part, or of the element, that holds the answer. */
	part?: string;
}

/** A WSDL with a port for each kind, in that order; each has an address and an action of its own. */
function wsdlOf({ kinds, style = 'document', part = 'CheckUserResult' }: Service): string {
	const fields =
		'<s:element name="exist" type="s:boolean"/><s:element name="points" type="s:int"/>';
	const isRpc = style === 'rpc';
	const messages = isRpc
		? `<message name="In"><part name="phone" type="s:string"/></message>
			<message name="Out"><part name="${part}" type="t:Check"/></message>`
		: `<message name="In"><part name="parameters" element="t:CheckUser"/></message>
			<message name="Out"><part name="parameters" element="t:CheckUserResponse"/></message>`;
	const bindings = kinds.map(
		(kind) => `<binding name="${kind}Binding" type="t:${kind === 'http' ? 'Get' : 'Soap'}">
			<p:binding xmlns:p="${KINDS[kind]}" ${kind === 'http' ? 'verb="POST"' : `style="${style}" transport="http://schemas.xmlsoap.org/soap/http"`}/>
			<operation name="CheckUser">
				<p:operation xmlns:p="${KINDS[kind]}" ${kind === 'http' ? 'location="/CheckUser"' : `soapAction="urn:t#${kind}"`}/>
				<input><p:body xmlns:p="${KINDS[kind]}" use="literal" namespace="urn:t"/></input>
				<output><p:body xmlns:p="${KINDS[kind]}" use="literal" namespace="urn:t"/></output>
			</operation></binding>`,
	);
	const ports = kinds.map(
		(kind) => `<port name="${kind}Port" binding="t:${kind}Binding">
			<p:address xmlns:p="${KINDS[kind]}" location="${ENDPOINT}/${kind}"/></port>`,
	);
	return `<definitions name="D" targetNamespace="urn:t" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" xmlns:s="http://www.w3.org/2001/XMLSchema">
		<types><s:schema targetNamespace="urn:t" elementFormDefault="qualified">
			<s:complexType name="Check"><s:sequence>${fields}</s:sequence></s:complexType>
			<s:element name="CheckUser"><s:complexType><s:sequence><s:element name="phone" type="s:string"/></s:sequence></s:complexType></s:element>
			<s:element name="CheckUserResponse"><s:complexType><s:sequence><s:element name="${part}" type="t:Check"/></s:sequence></s:complexType></s:element>
		</s:schema></types>
		${messages}
		<message name="HttpIn"><part name="phone" type="s:string"/></message>
		<message name="HttpOut"><part name="Body" type="s:string"/></message>
		<portType name="Soap"><operation name="CheckUser"><input message="t:In"/><output message="t:Out"/></operation></portType>
		<portType name="Get"><operation name="CheckUser"><input message="t:HttpIn"/><output message="t:HttpOut"/></operation></portType>
		${bindings.join('')}
		<service name="D">${ports.join('')}</service></definitions>`;
}

interface Asked {
	outcome: unknown;
	calls: HttpRequest[];
}

/** Asks an endpoint that gives this WSDL, and this answer in the body of its envelope. */
async function ask(wsdl: string, answer: string): Promise<Asked> {
	const calls: HttpRequest[] = [];
	const send = async (request: HttpRequest) => {
		await Promise.resolve();
		if (request.method === 'POST') calls.push(request);
		const body = request.method === 'POST' ? writeEnvelope('1.2', 200, answer).body : wsdl;
		const headers = { 'content-type': 'text/xml; charset=utf-8' };
		return { status: 200, headers, body: Buffer.from(body) };
	};
	const check = soapChecker({ endpoint: ENDPOINT, allowUnauthorizedCerts: false, send });
	const outcome = await check('0'.repeat(32), { timeout: 1_000 }).catch((error: unknown) => error);
	return { outcome, calls };
}

const documentAnswer = `<CheckUserResponse xmlns="urn:t"><CheckUserResult>${EXISTS}</CheckUserResult></CheckUserResponse>`;

describe('a WSDL with several ports', () => {
	it.each<[Kind[], Kind]>([
		[['soap12', 'soap11'], 'soap12'],
		[['soap11', 'soap12'], 'soap12'],
		// The order of ASP.NET.
		[['soap11', 'soap12', 'http'], 'soap12'],
		[['http', 'soap12', 'soap11'], 'soap12'],
		[['soap11', 'http'], 'soap11'],
		[['soap11'], 'soap11'],
	])('%j: uses the address and the action of %s', async (kinds, used) => {
		const { outcome, calls } = await ask(wsdlOf({ kinds }), documentAnswer);
		expect(outcome).toMatchObject({ check: { exist: true, points: 7 } });
		expect(calls.map(({ url }) => url)).toEqual([`${ENDPOINT}/${used}`]);
		expect(calls[0]?.headers?.['Content-Type']).toContain(`action="urn:t#${used}"`);
		expect(calls[0]?.body).toContain('http://www.w3.org/2003/05/soap-envelope');
	});

	it('without a port for SOAP says so, and asks nothing', async () => {
		const { outcome, calls } = await ask(wsdlOf({ kinds: ['http'] }), documentAnswer);
		expect(outcome).toMatchObject({ message: 'The WSDL has no operation "CheckUser"' });
		expect(calls).toEqual([]);
	});
});

describe('the result of an rpc service', () => {
	// PHP's SoapServer, Axis, gSOAP and NuSOAP; the portal's own name (docs/protocols/elektrik.md, 4.3).
	it.each(['return', 'CheckUserReturn', 'result', 'CheckUserResult'])(
		'is read from the part %s',
		async (part) => {
			const answer = `<r:CheckUserResponse xmlns:r="urn:t"><${part}>${EXISTS}</${part}></r:CheckUserResponse>`;
			const wsdl = wsdlOf({ kinds: ['soap12'], style: 'rpc', part });
			const { outcome } = await ask(wsdl, answer);
			expect(outcome).toMatchObject({ check: { exist: true, points: 7 } });
		},
	);

	it('is read from a result within a part', async () => {
		const answer = `<r:CheckUserResponse xmlns:r="urn:t"><return><CheckUserResult>${EXISTS}</CheckUserResult></return></r:CheckUserResponse>`;
		const wsdl = wsdlOf({ kinds: ['soap12'], style: 'rpc', part: 'return' });
		expect((await ask(wsdl, answer)).outcome).toMatchObject({ check: { exist: true, points: 7 } });
	});

	it('without "exist" anywhere is no answer', async () => {
		const answer =
			'<r:CheckUserResponse xmlns:r="urn:t"><return><points>7</points></return></r:CheckUserResponse>';
		const wsdl = wsdlOf({ kinds: ['soap12'], style: 'rpc', part: 'return' });
		expect((await ask(wsdl, answer)).outcome).toMatchObject({
			message: 'The response has no "exist" with true or false',
		});
	});
});
