import type { Distributor } from './elektrik-distributor';
import { hashOf } from './elektrik-workflows';

/** Requests that are no checks: body, content type, the status and a piece of the answer. */
export const NO_CHECKS: Array<[body: string, type: string, status: number, answer: string]> = [
	['{"action":"user.check"', 'application/json', 400, '{"error":"'],
	['[]', 'application/json', 400, '{"error":"'],
	['', 'application/json', 400, '{"error":"'],
	['{"action":"user.delete"}', 'application/json', 400, '{"error":"The action'],
	['{"action":"user.check"}', 'application/json', 400, 'phone'],
	['{"action":"user.check","phone":"+70000000001"}', 'text/plain', 400, 'phone'],
	['<a', 'application/soap+xml', 400, 'env:Sender'],
	['{"action":"user.check"}', 'application/soap+xml', 400, 'env:Sender'],
	['<a/>', 'application/soap+xml', 500, 'env:VersionMismatch'],
	[envelope('<DropUsers/>'), 'application/soap+xml', 400, 'CheckUser'],
	[envelope('<CheckUser/>'), 'application/soap+xml', 400, 'phone'],
	[envelope(''), 'application/soap+xml', 400, 'env:Sender'],
	[
		`<!DOCTYPE a [<!ENTITY b "c">]>${envelope('<CheckUser/>')}`,
		'application/soap+xml',
		400,
		'document type',
	],
	[
		envelope('<CheckUser/>', '<h xmlns="urn:u" e:mustUnderstand="1"/>'),
		'text/xml',
		500,
		'<env:NotUnderstood xmlns:block="urn:u" qname="block:h"/>',
	],
];

/** A SOAP 1.2 envelope. */
export function envelope(content: string, header = ''): string {
	return (
		'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope">' +
		`<e:Header>${header}</e:Header><e:Body>${content}</e:Body></e:Envelope>`
	);
}

/** A question of SOAP 1.2 whose answer is so many points. */
export const soapQuestion = (points: number): string =>
	envelope(`<CheckUser><phone>${hashOf(points)}</phone></CheckUser>`);

/** Proper questions: body and content type. */
export const JSON_QUESTION = [
	JSON.stringify({ action: 'user.check', phone: hashOf(1) }),
	'application/json; charset=utf-8',
] as const;
export const SOAP_QUESTION = [soapQuestion(1), 'application/soap+xml; charset=utf-8'] as const;

export async function expectRefusal(
	distributor: Distributor,
	[body, type, status, piece]: (typeof NO_CHECKS)[number],
): Promise<void> {
	const answer = await distributor.send(body, type);
	expect(answer).toMatchObject({ status, body: expect.stringContaining(piece) });
	expect(answer.headers['content-type']).toMatch(
		answer.body.startsWith('{') ? /^application\/json/ : /xml; charset=utf-8$/,
	);
}

/** Ways to ask by SOAP for the electrician with 6 points: title, body, content type. */
export const SOAP_FORMS: Array<[title: string, body: string | Buffer, type: string]> = [
	['other prefixes, blanks and CDATA', otherPrefixes(` <![CDATA[${hashOf(6)}]]>\n`), 'text/xml'],
	[
		'no prefix at all',
		'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body>' +
			`<CheckUser xmlns=""><phone>${hashOf(6)}</phone></CheckUser></Body></Envelope>`,
		'application/soap+xml',
	],
	[
		'windows-1251',
		Buffer.concat([
			Buffer.from('<?xml version="1.0" encoding="windows-1251"?><!-- '),
			// "Электрик"
			Buffer.from([0xdd, 0xeb, 0xe5, 0xea, 0xf2, 0xf0, 0xe8, 0xea]),
			Buffer.from(` -->${otherPrefixes(hashOf(6))}`),
		]),
		'application/soap+xml; charset=windows-1251',
	],
];

function otherPrefixes(phone: string): string {
	return (
		'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>\n' +
		`<q:CheckUser xmlns:q="urn:any"><q:phone>${phone}</q:phone></q:CheckUser></s:Body></s:Envelope>`
	);
}
