import type { LoopbackRequest } from '../loopback';
import { known, notKnown, type CheckAnswer } from './check-answer';

const SOAP_1_2 = 'http://www.w3.org/2003/05/soap-envelope';

export interface SoapForm {
	/** Of CheckUser and all in it. */
	namespace: string;
	/** Whether `phone` is within an element of that name. */
	arParameters: boolean;
}

/** A SOAP 1.2 request as PHP's SoapClient writes it for a document/literal service. */
export function writeSoapCheck(phoneHash: string, form: SoapForm): LoopbackRequest {
	const namespace = escapeXml(form.namespace);
	const phone = `<ns1:phone>${escapeXml(phoneHash)}</ns1:phone>`;
	const parameters = form.arParameters ? `<ns1:arParameters>${phone}</ns1:arParameters>` : phone;
	return {
		headers: {
			'User-Agent': 'PHP-SOAP/8.2.0',
			'Content-Type': `application/soap+xml; charset=utf-8; action="${form.namespace}#CheckUser"`,
		},
		body:
			'<?xml version="1.0" encoding="UTF-8"?>\n' +
			`<env:Envelope xmlns:env="${SOAP_1_2}" xmlns:ns1="${namespace}"><env:Body>` +
			`<ns1:CheckUser>${parameters}</ns1:CheckUser></env:Body></env:Envelope>\n`,
	};
}

/** Reads the few elements that matter; a full reading is for the SOAP clients of real languages. */
export function readSoapAnswer({ status, body }: { status: number; body: string }): CheckAnswer {
	if (!body.includes(SOAP_1_2)) return notKnown('The answer is no SOAP 1.2 envelope');
	if (/<(?:[\w.-]+:)?Fault[\s>]/.test(body)) {
		const code = textIn(body, 'Value') ?? 'no code';
		return notKnown(`${code}: ${textIn(body, 'Text') ?? 'no reason'}`);
	}
	if (status !== 200) return notKnown(`HTTP status ${status}`);
	const exist = textIn(body, 'exist');
	if (exist === 'false' || exist === '0') return known(false, null);
	if (exist !== 'true' && exist !== '1') return notKnown('"exist" is neither true nor false');
	const points = textIn(body, 'points') ?? '';
	return /^-?\d+(\.\d+)?$/.test(points)
		? known(true, Number(points))
		: notKnown('"points" is not a number');
}

/** The target namespace of a WSDL, which PHP's client puts its elements into. */
export function targetNamespaceIn(wsdl: string): string | undefined {
	const [, namespace] = /\btargetNamespace\s*=\s*["']([^"']*)["']/.exec(wsdl) ?? [];
	return namespace === undefined ? undefined : unescapeXml(namespace);
}

/** Text of the first element of this local name. */
function textIn(xml: string, name: string): string | undefined {
	const [, text] = new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(xml) ?? [];
	return text === undefined ? undefined : unescapeXml(text).trim();
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character as keyof typeof ENTITIES]);
}

function unescapeXml(text: string): string {
	const written = Object.entries(ENTITIES).reverse();
	return written.reduce((plain, [character, entity]) => plain.replaceAll(entity, character), text);
}
