import { isObject, parseJson } from '../../nodes/shared/wire';
import { checkOneOf, SandboxControlError } from '../core/input';
import { sendToLoopback, type LoopbackAnswer, type LoopbackRequest } from '../core/loopback';
import { checkPhone, type Electricians } from './electricians';

/** How the portal asks: JSON (docs/protocols/elektrik.md, 2.1) or SOAP 1.2 (4.1). */
export type CheckProtocol = 'json' | 'soap';

/** What the portal learns from a distributor. */
export interface CheckAnswer {
	/** `null`: the distributor did not say. */
	exist: boolean | null;
	/** `null` unless the user exists. */
	points: number | null;
	/** Why it is not known; `null` when it is. */
	error: string | null;
}

function known(exist: boolean, points: number | null): CheckAnswer {
	return { exist, points, error: null };
}

function notKnown(error: string): CheckAnswer {
	return { exist: null, points: null, error };
}

/** A check of the portal: does a distributor know this electrician? */
export interface PortalCheck {
	/** Whole address of the distributor's webhook, on this machine. */
	url: string;
	/** Default `json`. */
	protocol?: CheckProtocol;
	/** 7 and ten digits; of anyone, not only of the portal's electricians. */
	phone?: string;
	/** Instead of a phone: what is sent for it, word for word. */
	phoneHash?: string;
	/** SOAP: `phone` within an element `arParameters`; default no. */
	arParameters?: boolean;
	/** How long to wait for an answer, in milliseconds; default 120,000. */
	timeoutMs?: number;
}

/** What came of it. */
export interface CheckExchange extends CheckAnswer {
	/** HTTP status, or `closed`: the connection ended without an answer. */
	status: number | 'closed';
	contentType: string;
	/** Text of the answer; '' when there was none. */
	body: string;
	/** Text of the POST. */
	sent: string;
}

/**
 * Asks a distributor as the portal does when an electrician registers
 * (docs/protocols/elektrik.md, 2.1 and 4.1).
 *
 * @throws SandboxControlError for a check that cannot be sent, an address that is not of this
 *   machine, and when nothing listens there or no answer comes
 */
export async function askDistributor(
	check: PortalCheck,
	electricians: Electricians,
): Promise<CheckExchange> {
	const { url, protocol = 'json', arParameters = false, timeoutMs } = check;
	checkOneOf('protocol', protocol, Object.keys(DIALECTS));
	const phoneHash = check.phoneHash ?? hashFor(check.phone, electricians);
	const namespace = protocol === 'soap' ? await namespaceOf(check) : '';
	const request = DIALECTS[protocol].write(phoneHash, { namespace, arParameters });
	const sent = String(request.body ?? '');
	const answer = await sendToLoopback(url, { ...request, timeoutMs });
	if (answer === 'closed') {
		const result = notKnown('The connection was closed without an answer');
		return { status: 'closed', ...result, contentType: '', body: '', sent };
	}
	const { status, headers, body } = answer;
	const result = DIALECTS[protocol].read(answer);
	return { status, ...result, contentType: headers['content-type'] ?? '', body, sent };
}

function hashFor(phone: string | undefined, electricians: Electricians): string {
	if (phone === undefined) throw new SandboxControlError('"phone" or "phoneHash" is missing');
	checkPhone(phone);
	return electricians.hashOf(phone);
}

async function namespaceOf({ url, timeoutMs }: PortalCheck): Promise<string> {
	const answer = await sendToLoopback(`${url}?wsdl`, { method: 'GET', timeoutMs });
	const namespace = answer === 'closed' ? undefined : targetNamespaceIn(answer.body);
	if (namespace !== undefined) return namespace;
	throw new SandboxControlError(`There is no WSDL at ${url}?wsdl`);
}

/** One way to ask. */
interface CheckDialect {
	write(phoneHash: string, form: SoapForm): LoopbackRequest;
	read(answer: Exclude<LoopbackAnswer, 'closed'>): CheckAnswer;
}

const DIALECTS: Readonly<Record<CheckProtocol, CheckDialect>> = {
	json: { write: writeJsonCheck, read: readJsonAnswer },
	soap: { write: writeSoapCheck, read: readSoapAnswer },
};

/** The check (docs/protocols/elektrik.md, 2.2). */
function writeJsonCheck(phoneHash: string): LoopbackRequest {
	return {
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ action: 'user.check', phone: phoneHash }),
	};
}

/** Takes docs/protocols/elektrik.md, 2.3, to the letter: a boolean and a number, no text for them. */
function readJsonAnswer({ status, body }: { status: number; body: string }): CheckAnswer {
	const answer = parseJson(body);
	if (!isObject(answer)) return notKnown('The response is not a JSON object');
	const { exist, points, error } = answer;
	if (typeof error === 'string') return notKnown(error);
	if (status !== 200) return notKnown(`HTTP status ${status}`);
	if (exist === false) return known(false, null);
	if (exist !== true) return notKnown('"exist" is neither true nor false');
	return typeof points === 'number' ? known(true, points) : notKnown('"points" is not a number');
}

const SOAP_1_2 = 'http://www.w3.org/2003/05/soap-envelope';

interface SoapForm {
	/** Of CheckUser and all in it. */
	namespace: string;
	/** Whether `phone` is within an element of that name. */
	arParameters: boolean;
}

/** A SOAP 1.2 request as PHP's SoapClient writes it for a document/literal service. */
function writeSoapCheck(phoneHash: string, form: SoapForm): LoopbackRequest {
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
function readSoapAnswer({ status, body }: { status: number; body: string }): CheckAnswer {
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
function targetNamespaceIn(wsdl: string): string | undefined {
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
