import { ElektrikMessageError } from '../errors';
import { decodeXml } from './charset';
import { SoapFault } from './faults';
import { ENVELOPE_NAMESPACES, versionOf, versionOfContentType, type SoapVersion } from './versions';
import { childOf, parseXml, type XmlElement } from './xml';

/** A question is about 500 bytes; headers of signed messages need a few thousand. */
export const MAX_ENVELOPE_BYTES = 64 * 1024;

/** Blocks for these roles are for us (SOAP 1.2 part 1, table 2; SOAP 1.1, section 4.2.2). */
const OUR_ROLES = new Set([
	'',
	`${ENVELOPE_NAMESPACES['1.2']}/role/next`,
	`${ENVELOPE_NAMESPACES['1.2']}/role/ultimateReceiver`,
	'http://schemas.xmlsoap.org/soap/actor/next',
]);

/** An envelope that was read and checked. */
export interface SoapRequest {
	version: SoapVersion;
	/** What the body asks for. */
	operation: XmlElement;
}

/**
 * Reads the envelope of a request.
 *
 * @param body the bytes of the POST
 * @param contentType its header; `charset` in it counts
 * @throws SoapFault with how to answer
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

/** No header block is known here, so none that is for us may be mandatory. */
function checkHeader(envelope: XmlElement, version: SoapVersion): void {
	const blocks = childOf(envelope, 'Header', envelope.namespace)?.children ?? [];
	const attribute = (block: XmlElement, wanted: string) =>
		block.attributes
			.find(({ name, namespace }) => name === wanted && namespace === envelope.namespace)
			?.value.trim() ?? '';
	// One is told: many of them with one long namespace would make the fault thousands of times longer.
	const mandatory = blocks.find(
		(block) =>
			['1', 'true'].includes(attribute(block, 'mustUnderstand')) &&
			OUR_ROLES.has(attribute(block, version === '1.2' ? 'role' : 'actor')),
	);
	if (!mandatory) return;
	throw new SoapFault(version, 'MustUnderstand', reasonFor(mandatory), mandatory);
}

/** Families of header blocks that clients add by themselves, by the beginning of their namespaces. */
const FAMILIES: ReadonlyArray<readonly [name: string, namespace: RegExp]> = [
	['WS-Addressing', /^http:\/\/(www\.w3\.org|schemas\.xmlsoap\.org\/ws)\/\d{4}\/\d\d\/addressing/],
	['WS-Security', /^http:\/\/docs\.oasis-open\.org\/wss\//],
	[
		'WS-ReliableMessaging',
		/^http:\/\/(docs\.oasis-open\.org\/ws-rx\/wsrm|schemas\.xmlsoap\.org\/ws\/\d{4}\/\d\d\/rm)/,
	],
];

/** SOAP 1.1 has no other place to name the block than the reason. */
function reasonFor({ name, namespace }: XmlElement): string {
	const [family] = FAMILIES.find(([, pattern]) => pattern.test(namespace)) ?? [];
	if (family === undefined || name.length > MAX_FAMILY_NAME) {
		return 'A mandatory header block is not understood';
	}
	return `The mandatory header block ${name} of ${family} is not understood: send checks without ${family}`;
}

const MAX_FAMILY_NAME = 64;
