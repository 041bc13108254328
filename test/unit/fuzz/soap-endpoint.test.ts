import fc from 'fast-check';
import {
	writeCheckUserResponse,
	writeFault,
	SoapFault,
	writeWsdl,
} from '../../../nodes/Elektrik/protocol';
import { soapChecker } from '../../../nodes/Elektrik/client/check-soap';
import { PartnerError } from '../../../nodes/shared/errors';
import type { HttpRequest, HttpResponse } from '../../../nodes/shared/http';
import { checkPrototypes } from './harmless';
import { broken, LONG } from './hostile';

const ENDPOINT = 'https://distributor.example/soap';
const ASKED_MS = 5_000;
const RUNS = { numRuns: LONG ? 5_000 : 150 };

const wsdl = writeWsdl(ENDPOINT);
const answers = [
	writeCheckUserResponse('1.2', { exist: true, points: 7 }),
	writeCheckUserResponse('1.1', { exist: false }),
	writeFault(new SoapFault('1.2', 'Receiver', 'нет')),
	writeFault(new SoapFault('1.1', 'Sender', 'нет')),
].map(({ body }) => body.toString());
const MARKUP = [
	'<__proto__>',
	'</__proto__>',
	'<__proto__ polluted="1">x</__proto__>',
	'<constructor><prototype><polluted>1',
	'<a>',
	'</a>',
	'<exist>',
	'<points/>',
	' xmlns:xsd="b"',
	' xsi:nil="true"',
	' href="#a"',
	' id="a"',
	'&#x41;',
	'&x;',
	'<!DOCTYPE a [<!ENTITY x "y">]>',
	'<![CDATA[',
	']]>',
	'<',
	'>',
	'"',
	':',
	'<?a',
	'NaN',
	'-1',
	'<toString>1</toString>',
	'<xsd:import schemaLocation="x"/>',
	'<xsd:include schemaLocation="https://distributor.example/soap?wsdl"/>',
];

const answerOf = (text: string, status = 200): HttpResponse => ({
	status,
	headers: { 'content-type': 'text/xml; charset=utf-8' },
	body: Buffer.from(text),
});

/** Asks an endpoint that describes itself and answers so. */
async function ask(description: string, answer: string): Promise<void> {
	const send = async ({ method }: HttpRequest) =>
		await Promise.resolve(answerOf(method === 'GET' ? description : answer));
	const check = soapChecker({ endpoint: ENDPOINT, allowUnauthorizedCerts: false, send });
	let overdue: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		overdue = setTimeout(() => reject(new Error('It never ended')), ASKED_MS);
	});
	try {
		const { check: read } = await Promise.race([check('0'.repeat(32), { timeout: 1_000 }), late]);
		expect(typeof read.exist).toBe('boolean');
	} catch (error) {
		if (!(error instanceof PartnerError)) throw error;
	} finally {
		clearTimeout(overdue);
	}
	checkPrototypes();
}

it('a broken SOAP response is handled', async () => {
	const property = fc.asyncProperty(broken(answers, MARKUP), async (answer) => {
		await ask(wsdl, answer);
	});
	await fc.assert(property, RUNS);
}, 600_000);

it('a broken WSDL is handled', async () => {
	const property = fc.asyncProperty(broken([wsdl], MARKUP), async (description) => {
		await ask(description, answers[0]!);
	});
	await fc.assert(property, RUNS);
}, 600_000);
