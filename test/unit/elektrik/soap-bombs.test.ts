import { writeCheckUserResponse, writeWsdl } from '../../../nodes/Elektrik/protocol';
import { soapChecker } from '../../../nodes/Elektrik/client/check-soap';
import { PartnerError } from '../../../nodes/shared/errors';
import type { HttpRequest } from '../../../nodes/shared/http';
import { EVENT_LOOP_BUDGET, eventLoopDelay } from '../fuzz/event-loop';

const ENDPOINT = 'https://distributor.example/soap';
const ENVELOPE = 'http://www.w3.org/2003/05/soap-envelope';
const WSDL = writeWsdl(ENDPOINT);
const ANSWER = writeCheckUserResponse('1.2', { exist: true, points: 7 }).body.toString();

const times = (count: number, make: (at: number) => string) =>
	Array.from({ length: count }, (_, at) => make(at)).join('');

/** Asks an endpoint whose WSDL and answer are these; more documents may be imported. */
async function ask(wsdl: string, answer: string, imported: (url: string) => string = () => wsdl) {
	const send = async ({ method, url }: HttpRequest) => {
		await Promise.resolve();
		const description = () => (url === `${ENDPOINT}?wsdl` ? wsdl : imported(url));
		const text = method === 'GET' ? description() : answer;
		return {
			status: 200,
			headers: { 'content-type': 'text/xml; charset=utf-8' },
			body: Buffer.from(text),
		};
	};
	const check = soapChecker({ endpoint: ENDPOINT, allowUnauthorizedCerts: false, send });
	return await check('0'.repeat(32), { timeout: 1_000 }).catch((error: unknown) => error);
}

// What is loaded at the first use is no matter of a message.
beforeAll(async () => {
	await ask(WSDL, ANSWER);
});

const inEnvelope = (body: string, more = '') =>
	`<e:Envelope xmlns:e="${ENVELOPE}"><e:Body><CheckUserResponse xmlns="urn:elektrik.ru:distributor"><CheckUserResult>` +
	`${body}<exist>true</exist><points>7</points></CheckUserResult></CheckUserResponse>${more}</e:Body></e:Envelope>`;

/** Each element holds the one before twice. */
const doubling = (levels: number) =>
	times(levels, (at) => `<m id="r${at + 1}"><a href="#r${at}"/><b href="#r${at}"/></m>`);
const laughs = times(12, (at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`);
const inner = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);

const ANSWERS: Record<string, string> = {
	'references that double': inEnvelope('<x href="#r24"/>', `<m id="r0">x</m>${doubling(24)}`),
	'references that double, the first last': inEnvelope(
		'<x href="#r40"/>',
		`${doubling(40)}<m id="r0">x</m>`,
	),
	'a reference to itself': inEnvelope('<x id="a" href="#a"/>'),
	'a billion laughs': `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>${inEnvelope('&l12;')}`,
	'an external entity': `<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>${inEnvelope('&x;')}`,
	'60,000 attributes': inEnvelope(`<a ${times(60_000, (at) => `a${at}="" `)}/>`),
	'60,000 namespaces': inEnvelope(`<a ${times(60_000, (at) => `xmlns:a${at}="u" `)}/>`),
	'namespaces around many elements': inEnvelope(
		`<a ${times(1_500, (at) => `xmlns:a${at}="u" `)}>${'<b/>'.repeat(7_000)}</a>`,
	),
	'a name of a megabyte': inEnvelope(`<${'a'.repeat(1024 * 1024)}/>`),
	'100,000 levels': inEnvelope(inner(100_000)),
	'as many levels as are read and more': inEnvelope(inner(29)),
	'250,000 elements': inEnvelope('<a/>'.repeat(250_000)),
	'elements of one name': inEnvelope('<exist>true</exist>'.repeat(50_000)),
	'a megabyte of character references': inEnvelope('&#x41;'.repeat(170_000)),
	'an envelope in an envelope': inEnvelope(
		`<![CDATA[<?xml version="1.0"?>${inEnvelope('').replaceAll('>', '>')}`.repeat(2_000) + ']]>',
	),
};

describe('a hostile SOAP response does not block n8n', () => {
	it.each(Object.keys(ANSWERS))('%s', async (kind) => {
		let outcome: unknown;
		const delay = await eventLoopDelay(async () => (outcome = await ask(WSDL, ANSWERS[kind]!)));
		expect(outcome).toBeInstanceOf(PartnerError);
		expect(delay).toBeLessThan(EVENT_LOOP_BUDGET);
	});

	it('leads to an error with the reason', async () => {
		const message = async (kind: string) => ((await ask(WSDL, ANSWERS[kind]!)) as Error).message;
		expect(await message('references that double')).toBe(
			'The endpoint’s SOAP message was rejected: The response refers to other parts of itself (href)',
		);
		expect(await message('a billion laughs')).toContain('A document type is not allowed');
	});
});

const inTypes = (components: string) =>
	WSDL.replace('<xsd:complexType name="Parameters">', `${components}$&`);
const inInput = (content: string, components: string) =>
	inTypes(components).replace('<xsd:element name="phone"', `${content}$&`);
const extending = (base: string, content = '') =>
	`<xsd:complexType><xsd:complexContent><xsd:extension base="tns:${base}"><xsd:sequence>${content}</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>`;
const named = (type: string, name: string) => type.replace('<xsd:complexType', `$& name="${name}"`);
const each = (name: string) => `<xsd:element name="${name}">`;
const last = '</xsd:element>';

/** Types of which each holds the one before twice. */
const CHAINS: Record<string, (at: number) => string> = {
	'extensions within elements': (at) =>
		named(
			extending(
				`T${at - 1}`,
				each('a') + extending(`T${at - 1}`) + last + each('b') + extending(`T${at - 1}`) + last,
			),
			`T${at}`,
		),
	groups: (at) =>
		`<xsd:group name="T${at}"><xsd:sequence><xsd:group ref="tns:T${at - 1}"/><xsd:group ref="tns:T${at - 1}"/></xsd:sequence></xsd:group>`,
	restrictions: (at) =>
		named(extending(`T${at - 1}`, each('a') + extending(`T${at - 1}`) + last), `T${at}`).replaceAll(
			'extension',
			'restriction',
		),
	'types of elements': (at) =>
		`<xsd:complexType name="T${at}"><xsd:sequence><xsd:element name="a" type="tns:T${at - 1}"/><xsd:element name="b" type="tns:T${at - 1}"/></xsd:sequence></xsd:complexType>`,
	'references to elements': (at) =>
		`<xsd:element name="T${at}"><xsd:complexType><xsd:sequence><xsd:element ref="tns:T${at - 1}"/><xsd:element ref="tns:T${at - 1}"/></xsd:sequence></xsd:complexType></xsd:element>`,
};
const chain = (kind: string, levels: number) =>
	`<xsd:complexType name="T0"><xsd:sequence><xsd:element name="z" type="xsd:string"/></xsd:sequence></xsd:complexType>` +
	times(levels, (at) => CHAINS[kind]!(at + 1));
const useOf = (kind: string, name: string) =>
	kind === 'groups' || kind === 'references to elements'
		? `<xsd:${kind === 'groups' ? 'group' : 'element'} ref="tns:${name}"/>`
		: `<xsd:element name="x" type="tns:${name}"/>`;

const WSDLS: Record<string, string> = {
	...Object.fromEntries(
		Object.keys(CHAINS).flatMap((kind) =>
			[5, 8, 9, 24, 60].flatMap((levels) => [
				[`${levels} levels of ${kind}`, inInput(useOf(kind, `T${levels}`), chain(kind, levels))],
				[`${levels} levels of ${kind} that nothing uses`, inTypes(chain(kind, levels))],
			]),
		),
	),
	'a type that extends itself': inInput(
		'<xsd:element name="x" type="tns:T"/>',
		named(extending('T', each('a') + extending('T') + last), 'T'),
	),
	'a type that holds itself': inInput(
		'<xsd:element name="x" type="tns:T"/>',
		`<xsd:complexType name="T"><xsd:sequence>${'<xsd:element name="t" type="tns:T"/>'.repeat(300)}</xsd:sequence></xsd:complexType>`,
	),
	'a group that holds itself': inInput(
		'<xsd:group ref="tns:G"/>',
		`<xsd:group name="G"><xsd:sequence>${'<xsd:group ref="tns:G"/>'.repeat(3)}</xsd:sequence></xsd:group>`,
	),
	'4,000 types': inTypes(
		times(4_000, (at) => `<xsd:complexType name="T${at}"><xsd:sequence/></xsd:complexType>`),
	),
	'as many types of the request as are read': inInput(
		times(440, (at) => `<xsd:element name="${'n_'.repeat(20)}${at}" type="tns:Parameters"/>`),
		'',
	),
	'4,000 messages': WSDL.replace(
		'<portType',
		`${times(4_000, (at) => `<message name="M${at}"><part name="p" element="tns:CheckUser"/></message>`)}$&`,
	),
	'400 ports': WSDL.replace(
		'</service>',
		`${times(400, (at) => `<port name="P${at}" binding="tns:DistributorSoap12"><soap12:address location="${ENDPOINT}"/></port>`)}$&`,
	),
	'400 other operations': WSDL.replace(
		'</portType>',
		`${times(400, (at) => `<operation name="O${at}"><input message="tns:CheckUserInput"/><output message="tns:CheckUserOutput"/></operation>`)}$&`,
	),
	'operations of the same name': WSDL.replace(
		'</portType>',
		`${'<operation name="CheckUser"><input message="tns:CheckUserInput"/></operation>'.repeat(200)}$&`,
	),
	'50,000 attributes': WSDL.replace('<service', `<service ${times(50_000, (at) => `a${at}="" `)}`),
	'99 namespaces on the schema, and many elements in it': inInput(
		times(400, (at) => `<xsd:element name="n${at}" type="xsd:string"/>`),
		'',
	).replace('<xsd:schema', `<xsd:schema ${times(95, (at) => `xmlns:n${at}="u${at}" `)}`),
	'many namespaces everywhere': WSDL.replace(
		/<(xsd:element|message|part|port|binding)/g,
		`$& ${times(90, (at) => `xmlns:n${at}="u${at}" `)}`,
	),
	'a name of 60,000 underscores': inInput(
		`<xsd:element name="${'_'.repeat(30_000)}" type="tns:${'_'.repeat(30_000)}"/>`,
		'',
	),
	'a name of a megabyte': inInput(`<xsd:element name="${'n'.repeat(1024 * 1024)}"/>`, ''),
	'an attribute called hasOwnProperty': WSDL.replace('<service', '<service hasOwnProperty="" a=""'),
	'a comment without end': `${WSDL}<!--${'-'.repeat(200_000)}`,
	'100,000 levels': WSDL.replace('<types>', `<types>${'<a>'.repeat(100_000)}`),
	'60 levels within the request': inInput(
		`<xsd:element name="a"><xsd:complexType><xsd:sequence>`.repeat(17) +
			'</xsd:sequence></xsd:complexType></xsd:element>'.repeat(17),
		'',
	),
	'a billion laughs': `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>${WSDL.replace('CheckUser', '&l12;')}`,
	'250,000 characters of references': WSDL.replace(
		'<types>',
		`<documentation>${'&amp;'.repeat(50_000)}</documentation>$&`,
	),
};

describe('a hostile WSDL does not block n8n', () => {
	it.each(Object.keys(WSDLS))('%s', async (kind) => {
		const delay = await eventLoopDelay(async () => await ask(WSDLS[kind]!, ANSWER));
		expect(delay).toBeLessThan(EVENT_LOOP_BUDGET);
	});

	const importing = (...names: string[]) =>
		WSDL.replace(
			'<types>',
			`${times(names.length, (at) => `<import namespace="urn:${names[at]}" location="${ENDPOINT}/${names[at]}"/>`)}$&`,
		);

	it('imports in a circle, each read once', async () => {
		const asked: string[] = [];
		const outcome = await ask(importing('a', 'b'), ANSWER, (url) => {
			asked.push(url);
			return importing('b', 'a').replace('urn:elektrik.ru:distributor', 'urn:other');
		});
		expect(asked.sort()).toEqual([`${ENDPOINT}/a`, `${ENDPOINT}/b`]);
		expect(outcome).toMatchObject({ check: { exist: true } });
	});

	it('20 imports, as large together as is read', async () => {
		const names = Array.from({ length: 20 }, (_, at) => `n${at}`);
		const filler = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><types><xsd:schema>${'<xsd:element name="e" type="xsd:string"/>'.repeat(240)}</xsd:schema></types></definitions>`;
		let outcome: unknown;
		const delay = await eventLoopDelay(
			async () => (outcome = await ask(importing(...names), ANSWER, () => filler)),
		);
		expect(outcome).toMatchObject({ check: { exist: true } });
		expect(delay).toBeLessThan(EVENT_LOOP_BUDGET);
	});
});

describe('a large valid description is read', () => {
	const operations = times(
		90,
		(at) =>
			`<operation name="Other${at}"><documentation>What it does.</documentation><input message="tns:Other${at}In"/><output message="tns:Other${at}Out"/></operation>`,
	);
	const messages = times(
		90,
		(at) =>
			`<message name="Other${at}In"><part name="p" element="tns:Other${at}"/></message><message name="Other${at}Out"><part name="p" element="tns:Other${at}"/></message>`,
	);
	const elements = times(
		90,
		(at) =>
			`<xsd:element name="Other${at}"><xsd:complexType><xsd:sequence>${times(10, (field) => `<xsd:element name="field${field}" type="xsd:string"/>`)}</xsd:sequence></xsd:complexType></xsd:element>`,
	);

	it('with 90 operations beside ours', async () => {
		const wsdl = inTypes(elements)
			.replace('<portType', `${messages}$&`)
			.replace('</portType>', `${operations}$&`);
		expect(await ask(wsdl, ANSWER)).toMatchObject({ check: { exist: true, points: 7 } });
	});

	it('with a request whose type extends five others', async () => {
		const wsdl = inInput(
			'<xsd:element name="x" type="tns:T5" minOccurs="0"/>',
			`<xsd:complexType name="T0"><xsd:sequence/></xsd:complexType>${times(5, (at) => named(extending(`T${at}`), `T${at + 1}`))}`,
		);
		expect(await ask(wsdl, ANSWER)).toMatchObject({ check: { exist: true, points: 7 } });
	});
});
