import { writeCheckUserResponse, writeWsdl } from '../../../nodes/Elektrik/protocol';
import { soapChecker } from '../../../nodes/Elektrik/client/check-soap';
import { PartnerError } from '../../../nodes/shared/errors';
import type { HttpRequest, HttpResponse } from '../../../nodes/shared/http';

const ENDPOINT = 'https://distributor.example/soap';

const importing = (location: string): string =>
	writeWsdl(ENDPOINT).replace(
		'<types>',
		`<import namespace="urn:more" location="${location}"/><types>`,
	);
const answerOf = (body: Buffer): HttpResponse => ({
	status: 200,
	headers: { 'content-type': 'text/xml; charset=utf-8' },
	body,
});

/** Asks an endpoint by its WSDL; what it imports is answered by `imported`. */
async function ask(wsdl: string, imported: (request: HttpRequest) => string) {
	const asked: string[] = [];
	const send = async (request: HttpRequest) => {
		asked.push(request.url);
		await Promise.resolve();
		if (request.method === 'POST') {
			return answerOf(writeCheckUserResponse('1.2', { exist: true, points: 7 }).body);
		}
		return answerOf(Buffer.from(asked.length === 1 ? wsdl : imported(request)));
	};
	const check = soapChecker({ endpoint: ENDPOINT, allowUnauthorizedCerts: false, send });
	const outcome = await check('0'.repeat(32), { timeout: 1_000 }).catch((error: unknown) => error);
	return { outcome, asked };
}

const nothingMore =
	'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:more"/>';

it('a WSDL may import documents from its own host', async () => {
	const { outcome, asked } = await ask(importing(`${ENDPOINT}/more.wsdl`), () => nothingMore);
	expect(asked[1]).toBe(`${ENDPOINT}/more.wsdl`);
	expect(outcome).toMatchObject({ check: { exist: true, points: 7 } });
});

it.each([
	'http://127.0.0.1:5678/rest/settings',
	'http://169.254.169.254/latest/meta-data',
	'https://distributor.example.evil.example/x',
	'https://distributor.example:6379/',
	'file:///etc/passwd',
])('a WSDL cannot import %s', async (location) => {
	const { outcome, asked } = await ask(importing(location), () => nothingMore);
	expect(asked).toEqual([`${ENDPOINT}?wsdl`]);
	expect(outcome).toBeInstanceOf(PartnerError);
	expect(outcome).toMatchObject({ message: expect.stringContaining('its own host') });
});

it.each([
	'http://127.0.0.1:5678/rest/settings',
	'https://distributor.example:6379/',
	'https://distributor.example.evil.example/x',
	'file:///etc/passwd',
])('a WSDL cannot make the node send to %s', async (location) => {
	const wsdl = writeWsdl(ENDPOINT).replaceAll(`location="${ENDPOINT}"`, `location="${location}"`);
	const { outcome, asked } = await ask(wsdl, () => nothingMore);
	expect(asked).toEqual([`${ENDPOINT}?wsdl`]);
	expect(outcome).toMatchObject({ message: expect.stringContaining('another host or port') });
});

it('a WSDL may have an http address of its own host, as PHP behind a proxy writes it', async () => {
	const wsdl = writeWsdl(ENDPOINT).replaceAll(ENDPOINT, ENDPOINT.replace('https', 'http'));
	const { outcome, asked } = await ask(wsdl, () => nothingMore);
	expect(asked[1]).toBe('http://distributor.example/soap');
	expect(outcome).toMatchObject({ check: { exist: true, points: 7 } });
});

it('a WSDL with endless imports is rejected', async () => {
	let imports = 0;
	const next = () => importing(`${ENDPOINT}/${++imports}`);
	const { outcome, asked } = await ask(next(), next);
	expect(asked.length).toBeLessThan(30);
	expect(outcome).toMatchObject({ message: 'The WSDL imports files without end' });
});
