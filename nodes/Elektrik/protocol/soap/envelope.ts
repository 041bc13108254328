import { ElektrikMessageError } from '../errors';
import { childOf, escapeXml, parseXml, type XmlElement } from './xml';

/** The portal uses 1.2; clients of 1.1 get a response in 1.1 (docs/protocols/elektrik.md, 4.1 and 4.7). */
export type SoapVersion = '1.1' | '1.2';

const ENVELOPE_NAMESPACES: Readonly<Record<SoapVersion, string>> = {
	'1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
	'1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

const CONTENT_TYPES: Readonly<Record<SoapVersion, string>> = {
	'1.1': 'text/xml; charset=utf-8',
	'1.2': 'application/soap+xml; charset=utf-8',
};

/** A SOAP message as an HTTP response. */
export interface SoapMessage {
	status: number;
	contentType: string;
	body: Buffer;
}

/** Returns the version that an envelope's namespace denotes. */
function versionOf(namespace: string): SoapVersion | undefined {
	if (namespace === ENVELOPE_NAMESPACES['1.2']) return '1.2';
	return namespace === ENVELOPE_NAMESPACES['1.1'] ? '1.1' : undefined;
}

/**
 * Returns the version for a response when no envelope was read. SOAP 1.1 is sent as `text/xml`, which a
 * multipart message has in `type` or `start-info`.
 *
 * @example
 * elektrik.versionOfContentType('text/xml; charset=utf-8'); // => '1.1'
 * elektrik.versionOfContentType('application/soap+xml'); // => '1.2'
 */
export function versionOfContentType(contentType: string | undefined): SoapVersion {
	return SAYS_1_1.test(contentType ?? '') ? '1.1' : '1.2';
}

const SAYS_1_1 = /^\s*(text\/xml|multipart\/related\b.*\b(type|start-info)\s*=\s*"?\s*text\/xml)/is;

/** Wraps a body and an optional header in an envelope. */
export function writeEnvelope(
	version: SoapVersion,
	status: number,
	body: string,
	header = '',
): SoapMessage {
	const headerElement = header === '' ? '' : `<env:Header>${header}</env:Header>`;
	const xml =
		'<?xml version="1.0" encoding="utf-8"?>\n' +
		`<env:Envelope xmlns:env="${ENVELOPE_NAMESPACES[version]}">` +
		`${headerElement}<env:Body>${body}</env:Body></env:Envelope>\n`;
	return { status, contentType: CONTENT_TYPES[version], body: Buffer.from(xml) };
}

const HEADER_CHARSET = /charset\s*=\s*["']?([\w.:-]+)/i;
const DECLARATION = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;
/** The bytes in which the declaration is searched for. */
const DECLARATION_BYTES = 200;

/**
 * Decodes an XML message by its byte order mark, or else the charset of the HTTP header, or else its
 * declaration, or else as UTF-8 (RFC 7303, section 3).
 *
 * @throws ElektrikMessageError for an unknown charset, or for bytes that are invalid in it
 */
function decodeXml(body: Buffer, contentType: string | undefined): string {
	const charset =
		markOf(body) ?? HEADER_CHARSET.exec(contentType ?? '')?.[1] ?? declared(body) ?? 'utf-8';
	const decoder = decoderFor(charset);
	try {
		return decoder.decode(body);
	} catch {
		throw new ElektrikMessageError(`The body is not ${charset}`);
	}
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
	try {
		return new TextDecoder(charset, { fatal: true });
	} catch {
		throw new ElektrikMessageError('The charset is not known');
	}
}

function markOf(body: Buffer): string | undefined {
	if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
	if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
	return body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : undefined;
}

function declared(body: Buffer): string | undefined {
	return DECLARATION.exec(body.subarray(0, DECLARATION_BYTES).toString('latin1'))?.[1];
}

/** The largest envelope. A check has about 500 bytes, and headers of signed messages a few thousand. */
export const MAX_ENVELOPE_BYTES = 64 * 1024;

/** Header blocks for these roles concern us (SOAP 1.2 part 1, table 2; SOAP 1.1, section 4.2.2). */
const OUR_ROLES = new Set([
	'',
	`${ENVELOPE_NAMESPACES['1.2']}/role/next`,
	`${ENVELOPE_NAMESPACES['1.2']}/role/ultimateReceiver`,
	'http://schemas.xmlsoap.org/soap/actor/next',
]);

/** An envelope that was read and checked. */
export interface SoapRequest {
	version: SoapVersion;
	/** The operation that the body calls. */
	operation: XmlElement;
}

/**
 * Reads the envelope of a request.
 *
 * @param body the bytes of the POST
 * @param contentType its header, which may have a `charset`
 * @throws SoapFault that is the response
 */
export function readEnvelope(body: Buffer, contentType: string | undefined): SoapRequest {
	const likely = versionOfContentType(contentType);
	const envelope = parse(body, contentType, likely);
	const version = versionOf(envelope.namespace);
	if (envelope.name !== 'Envelope' || version === undefined) {
		throw new SoapFault(
			likely,
			'VersionMismatch',
			'The body is not an envelope of SOAP 1.2 or 1.1',
		);
	}
	checkHeader(envelope, version);
	const operation = childOf(envelope, 'Body', envelope.namespace)?.children[0];
	if (!operation) throw new SoapFault(version, 'Sender', 'The envelope asks for nothing');
	return { version, operation };
}

function parse(body: Buffer, contentType: string | undefined, version: SoapVersion): XmlElement {
	if (body.length > MAX_ENVELOPE_BYTES) {
		throw new SoapFault(version, 'Sender', 'The envelope is too large');
	}
	try {
		return parseXml(decodeXml(body, contentType));
	} catch (error) {
		if (!(error instanceof ElektrikMessageError)) throw error;
		throw new SoapFault(version, 'Sender', error.message);
	}
}

/** Throws for a mandatory header block that concerns us: the trigger supports none. */
function checkHeader(envelope: XmlElement, version: SoapVersion): void {
	const blocks = childOf(envelope, 'Header', envelope.namespace)?.children ?? [];
	const attribute = (block: XmlElement, wanted: string) =>
		block.attributes
			.find(({ name, namespace }) => name === wanted && namespace === envelope.namespace)
			?.value.trim() ?? '';
	// The fault names one block only: many blocks with a long namespace would make it thousands of times longer.
	const mandatory = blocks.find(
		(block) =>
			['1', 'true'].includes(attribute(block, 'mustUnderstand')) &&
			OUR_ROLES.has(attribute(block, version === '1.2' ? 'role' : 'actor')),
	);
	if (!mandatory) return;
	throw new SoapFault(version, 'MustUnderstand', reasonFor(mandatory), mandatory);
}

/** Families of header blocks that clients add automatically, by the beginning of their namespaces. */
const FAMILIES: ReadonlyArray<readonly [name: string, namespace: RegExp]> = [
	['WS-Addressing', /^http:\/\/(www\.w3\.org|schemas\.xmlsoap\.org\/ws)\/\d{4}\/\d\d\/addressing/],
	['WS-Security', /^http:\/\/docs\.oasis-open\.org\/wss\//],
	[
		'WS-ReliableMessaging',
		/^http:\/\/(docs\.oasis-open\.org\/ws-rx\/wsrm|schemas\.xmlsoap\.org\/ws\/\d{4}\/\d\d\/rm)/,
	],
];

/** Writes the reason, which is the only place where SOAP 1.1 can name the block. */
function reasonFor({ name, namespace }: XmlElement): string {
	const [family] = FAMILIES.find(([, pattern]) => pattern.test(namespace)) ?? [];
	if (family === undefined || name.length > MAX_FAMILY_NAME) {
		return 'A mandatory header block is not understood';
	}
	return `The mandatory header block ${name} of ${family} is not understood: send checks without ${family}`;
}

const MAX_FAMILY_NAME = 64;

/** SOAP 1.2's fault codes (SOAP 1.2 part 1, 5.4.6). */
export type FaultCode = 'Sender' | 'Receiver' | 'MustUnderstand' | 'VersionMismatch';

/** A mandatory header block that is not supported. */
export interface NotUnderstood {
	name: string;
	namespace: string;
}

/** A SOAP request that cannot be processed, and the fault to return for it. */
export class SoapFault extends Error {
	override readonly name = 'SoapFault';

	/** @param message the reason, written for the operator of the client */
	constructor(
		readonly version: SoapVersion,
		readonly code: FaultCode,
		message: string,
		readonly notUnderstood?: NotUnderstood,
	) {
		super(message);
	}
}

/** The codes' names in SOAP 1.1 (section 4.4.1). */
const CODES_1_1: Readonly<Record<FaultCode, string>> = {
	Sender: 'Client',
	Receiver: 'Server',
	MustUnderstand: 'MustUnderstand',
	VersionMismatch: 'VersionMismatch',
};

/**
 * Writes a fault. SOAP 1.2 returns HTTP 400 for a fault of the sender and HTTP 500 for any other (SOAP
 * 1.2 part 2, table 20); SOAP 1.1 always returns HTTP 500 (section 6.2).
 *
 * @example
 * const fault = new elektrik.SoapFault('1.2', 'Sender', 'The envelope is too large');
 * elektrik.writeFault(fault).status; // => 400
 */
export function writeFault({ version, code, message, notUnderstood }: SoapFault): SoapMessage {
	const reason = escapeXml(message);
	if (version === '1.1') {
		const fault = `<faultcode>env:${CODES_1_1[code]}</faultcode><faultstring>${reason}</faultstring>`;
		return writeEnvelope(version, 500, `<env:Fault>${fault}</env:Fault>`);
	}
	const fault =
		`<env:Code><env:Value>env:${code}</env:Value></env:Code>` +
		`<env:Reason><env:Text xml:lang="en">${reason}</env:Text></env:Reason>`;
	return writeEnvelope(
		version,
		code === 'Sender' ? 400 : 500,
		`<env:Fault>${fault}</env:Fault>`,
		code === 'VersionMismatch' ? UPGRADE : notUnderstoodBlock(notUnderstood),
	);
}

/** Lists the supported versions, the preferred one first (SOAP 1.2 part 1, 5.4.7). */
const UPGRADE =
	'<env:Upgrade>' +
	`<env:SupportedEnvelope qname="env:Envelope"/>` +
	`<env:SupportedEnvelope xmlns:old="${ENVELOPE_NAMESPACES['1.1']}" qname="old:Envelope"/>` +
	'</env:Upgrade>';

/** The longest name in a fault. Namespaces of header blocks have about a hundred characters. */
const MAX_NAME_LENGTH = 256;

/**
 * Names a block, unless its names are so long that the fault would grow with them: SOAP only
 * recommends it (SOAP 1.2 part 1, 5.4.8).
 */
function notUnderstoodBlock(block: NotUnderstood | undefined): string {
	if (!block) return '';
	const { name, namespace } = block;
	if (Math.max(name.length, namespace.length) > MAX_NAME_LENGTH) return '';
	// A header block always has a namespace (SOAP 1.2 part 1, 5.2.1); one without has no prefix.
	return namespace === ''
		? `<env:NotUnderstood qname="${escapeXml(name)}"/>`
		: `<env:NotUnderstood xmlns:block="${escapeXml(namespace)}" qname="block:${escapeXml(name)}"/>`;
}
