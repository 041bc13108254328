import { ENVELOPE_NAMESPACES, writeEnvelope, type SoapMessage, type SoapVersion } from './versions';
import { escapeXml } from './xml';

/** SOAP 1.2’s codes of who is to blame (SOAP 1.2, 5.4.6). */
export type FaultCode = 'Sender' | 'Receiver' | 'MustUnderstand' | 'VersionMismatch';

/** A header block that must be understood and is not. */
export interface NotUnderstood {
	name: string;
	namespace: string;
}

/** A request of SOAP that cannot be carried out, and the fault to answer it with. */
export class SoapFault extends Error {
	override readonly name = 'SoapFault';

	/** @param message the reason, in words for the operator of the client */
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
 * Writes a fault. SOAP 1.2 answers what the sender did wrong with HTTP 400 and everything else with
 * 500 (SOAP 1.2 part 2, table 20), SOAP 1.1 all with 500 (section 6.2).
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

/** Tells which versions are spoken, the preferred one first (SOAP 1.2 part 1, 5.4.7). */
const UPGRADE =
	'<env:Upgrade>' +
	`<env:SupportedEnvelope qname="env:Envelope"/>` +
	`<env:SupportedEnvelope xmlns:old="${ENVELOPE_NAMESPACES['1.1']}" qname="old:Envelope"/>` +
	'</env:Upgrade>';

/** Names of header blocks are addresses of a hundred characters. */
const MAX_NAME_LENGTH = 256;

/**
 * Names a block, unless its names are so long that the fault would grow with them: SOAP asks for
 * no more than that the names should be told (SOAP 1.2 part 1, 5.4.8).
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
