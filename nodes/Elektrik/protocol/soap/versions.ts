/** The portal uses 1.2; clients of 1.1 are answered in 1.1 (docs/protocols/elektrik.md, 4.1 and 4.7). */
export type SoapVersion = '1.1' | '1.2';

export const ENVELOPE_NAMESPACES: Readonly<Record<SoapVersion, string>> = {
	'1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
	'1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

const CONTENT_TYPES: Readonly<Record<SoapVersion, string>> = {
	'1.1': 'text/xml; charset=utf-8',
	'1.2': 'application/soap+xml; charset=utf-8',
};

/** A message of SOAP as HTTP carries it. */
export interface SoapMessage {
	status: number;
	contentType: string;
	body: Buffer;
}

/** The version that an envelope's namespace stands for. */
export function versionOf(namespace: string): SoapVersion | undefined {
	if (namespace === ENVELOPE_NAMESPACES['1.2']) return '1.2';
	return namespace === ENVELOPE_NAMESPACES['1.1'] ? '1.1' : undefined;
}

/**
 * The version to answer in while no envelope was read: 1.1 is sent as `text/xml`, which a message in
 * parts names in `type` or `start-info`.
 */
export function versionOfContentType(contentType: string | undefined): SoapVersion {
	return SAYS_1_1.test(contentType ?? '') ? '1.1' : '1.2';
}

const SAYS_1_1 = /^\s*(text\/xml|multipart\/related\b.*\b(type|start-info)\s*=\s*"?\s*text\/xml)/is;

/** Wraps a body, and a header where there is one, into an envelope. */
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
