import { ODD_HASH, type UserCheck } from '../json-messages';
import { readPhoneHash } from '../phone';
import { readEnvelope } from './envelope';
import { SoapFault } from './faults';
import { writeEnvelope, type SoapMessage, type SoapVersion } from './versions';
import { childOf, type XmlElement } from './xml';

/** The one operation (docs/protocols/elektrik.md, 4.2). */
export const OPERATION = 'CheckUser';

/** The namespace of our messages, which every distributor chooses (docs/protocols/elektrik.md, 4.4). */
export const SERVICE_NAMESPACE = 'urn:elektrik.ru:distributor';

/** The portal's question by SOAP. */
export interface CheckUserRequest {
	version: SoapVersion;
	/** Lower-case hex digits. */
	phoneHash: string;
}

/**
 * Reads the portal's question: `CheckUser` with `phone`, or with `phone` in `arParameters`, of any
 * namespace.
 *
 * @param body the bytes of the POST
 * @param contentType its header
 * @throws SoapFault with how to answer
 */
export function readCheckUser(body: Buffer, contentType: string | undefined): CheckUserRequest {
	const { version, operation } = readEnvelope(body, contentType);
	if (operation.name !== OPERATION) {
		throw new SoapFault(
			version,
			'Sender',
			`The operation is not known; this address knows ${OPERATION}`,
		);
	}
	const phoneHash = readPhoneHash(phoneIn(operation));
	if (phoneHash === undefined) throw new SoapFault(version, 'Sender', ODD_HASH);
	return { version, phoneHash };
}

function phoneIn(operation: XmlElement): string | undefined {
	const places = [operation, ...operation.children];
	for (const place of places) {
		const phone = childOf(place, 'phone') ?? phoneOfMap(place);
		if (phone) return phone.text;
	}
	return undefined;
}

/** PHP writes an array, where no schema says otherwise, as items with a key and a value. */
function phoneOfMap(map: XmlElement): XmlElement | undefined {
	const entry = map.children.find(
		(item) => item.name === 'item' && childOf(item, 'key')?.text.trim() === 'phone',
	);
	return entry && childOf(entry, 'value');
}

/** For clients without the WSDL: PHP would take the text "false" for true. */
const TYPES =
	'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

/** Writes the distributor's answer: `CheckUserResponse` with `CheckUserResult` in it. */
export function writeCheckUserResponse(version: SoapVersion, check: UserCheck): SoapMessage {
	// PHP warns when it reads a field that is not there, so an unknown electrician has 0 points.
	const points = check.exist ? check.points : 0;
	return writeEnvelope(
		version,
		200,
		`<${OPERATION}Response xmlns="${SERVICE_NAMESPACE}" ${TYPES}><${OPERATION}Result>` +
			`<exist xsi:type="xsd:boolean">${check.exist}</exist>` +
			`<points xsi:type="xsd:double">${points}</points>` +
			`</${OPERATION}Result></${OPERATION}Response>`,
	);
}
