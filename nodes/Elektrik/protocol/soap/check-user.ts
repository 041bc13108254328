import type { JsonObject } from '../../../shared/wire';
import { ElektrikMessageError, MessageLimitError } from '../errors';
import { ODD_HASH, type UserCheck } from '../messages';
import { readPhoneHash } from '../phone-hash';
import {
	MAX_ENVELOPE_BYTES,
	readEnvelope,
	SoapFault,
	type SoapMessage,
	type SoapVersion,
	writeEnvelope,
} from './envelope';
import { childOf, parseXml, type XmlElement } from './xml';

/** The only operation (docs/protocols/elektrik.md, 4.2). */
export const OPERATION = 'CheckUser';

/** The namespace of our messages. Each distributor chooses its own (docs/protocols/elektrik.md, 4.4). */
export const SERVICE_NAMESPACE = 'urn:elektrik.ru:distributor';

/** The portal's check by SOAP. */
export interface CheckUserRequest {
	version: SoapVersion;
	/** Lower-case hex digits. */
	phoneHash: string;
}

/**
 * Reads the portal's check: `CheckUser` with `phone`, or with `phone` in `arParameters`, of any
 * namespace.
 *
 * @param body the bytes of the POST
 * @param contentType its header
 * @throws SoapFault that is the response
 *
 * @example
 * const envelope = '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>';
 * const call = '<CheckUser><phone>5d41402abc4b2a76b9719d911017c592</phone></CheckUser>';
 * const body = Buffer.from(`${envelope}${call}</e:Body></e:Envelope>`);
 * elektrik.readCheckUser(body, 'application/soap+xml');
 * // => { version: '1.2', phoneHash: '5d41402abc4b2a76b9719d911017c592' }
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

/** Finds the phone in a map: without a schema, PHP writes an array as items with a key and a value. */
function phoneOfMap(map: XmlElement): XmlElement | undefined {
	const entry = map.children.find(
		(item) => item.name === 'item' && childOf(item, 'key')?.text.trim() === 'phone',
	);
	return entry && childOf(entry, 'value');
}

/** Declares types for clients without the WSDL: PHP would read the text "false" as true. */
const TYPES =
	'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

/**
 * Writes the distributor's response: `CheckUserResponse`, which contains `CheckUserResult`.
 *
 * @example
 * const { status, contentType, body } = elektrik.writeCheckUserResponse('1.2', { exist: false });
 * status; // => 200
 * contentType; // => 'application/soap+xml; charset=utf-8'
 * body.includes('>false</exist>'); // => true
 */
export function writeCheckUserResponse(version: SoapVersion, check: UserCheck): SoapMessage {
	// PHP warns when it reads a missing field, so an unknown electrician has 0 points.
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

/** A distributor's response by SOAP. */
export type CheckUserResponse =
	/** @property fault the distributor's error text, empty if it has none */
	{ fault: string } | { result: JsonObject };

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
/** WSDL does not define the name of a response element, so each style has its own. */
const USUAL_NAMES = ['', 'Response', 'Out', 'Output'].map((end) => `${OPERATION}${end}`);

/**
 * Reads the response to `CheckUser`, of SOAP 1.2 or 1.1, as an object of its fields. Elements with the
 * same name become a list; attributes and `xsi:nil` elements are omitted.
 *
 * It rejects references (`href`), which can expand a response of two kilobytes until it fills memory.
 *
 * @param names names of the response element in the WSDL
 * @throws ElektrikMessageError for text that is not an envelope; a MessageLimitError for one that is
 *   too large or has references
 *
 * @example
 * const { body } = elektrik.writeCheckUserResponse('1.2', { exist: true, points: 120 });
 * elektrik.readCheckUserResponse(body.toString(), []);
 * // => { result: { CheckUserResult: { exist: true, points: 120 } } }
 */
export function readCheckUserResponse(text: string, names: readonly string[]): CheckUserResponse {
	if (text.length > MAX_ENVELOPE_BYTES) {
		throw new MessageLimitError('The envelope is too large');
	}
	const envelope = parseXml(text);
	const body = envelope.name === 'Envelope' ? childOf(envelope, 'Body') : undefined;
	if (!body) throw new ElektrikMessageError('The body is not well-formed XML');
	const fault = childOf(body, 'Fault');
	if (fault) return { fault: faultText(fault) };
	const wanted = new Set([...USUAL_NAMES, ...names]);
	const answer = body.children.find(({ name }) => wanted.has(name));
	const result = answer && valueOf(answer);
	return { result: isFields(result) ? result : {} };
}

/** Reads the text of a fault, which SOAP 1.1 has in `faultstring` and SOAP 1.2 in `Reason`. */
function faultText(fault: XmlElement): string {
	const reason = childOf(fault, 'Reason');
	const place = reason ? childOf(reason, 'Text') : childOf(fault, 'faultstring');
	return place?.text.trim() ?? '';
}

type Value = string | number | boolean | null | JsonObject;

function isFields(value: Value | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null;
}

function valueOf(element: XmlElement): Value {
	if (element.attributes.some(({ name, namespace }) => name === 'href' && namespace === '')) {
		throw new MessageLimitError('The response refers to other parts of itself (href)');
	}
	if (element.children.length === 0) return textValue(element);
	const fields = new Map<string, Value | Value[]>();
	for (const child of element.children) {
		if (isNil(child)) continue;
		const value = valueOf(child);
		const known = fields.get(child.name);
		if (known === undefined) fields.set(child.name, value);
		else if (Array.isArray(known)) known.push(value);
		else fields.set(child.name, [known, value]);
	}
	return Object.fromEntries(fields);
}

function attributeOf(element: XmlElement, wanted: string): string {
	const found = element.attributes.find(
		({ name, namespace }) => name === wanted && namespace === XSI,
	);
	return found?.value.trim() ?? '';
}

function isNil(element: XmlElement): boolean {
	return ['true', '1'].includes(attributeOf(element, 'nil').toLowerCase());
}

/** Reads a text by its `xsi:type`: without the schema, only that shows which values are numbers. */
function textValue(element: XmlElement): Value {
	const text = element.text.trim();
	if (text === '') return null;
	const type = attributeOf(element, 'type').replace(/^.*:/, '');
	const isYesNo = type === 'boolean' || (type === '' && element.name === 'exist');
	if (isYesNo && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
	const isNumber = NUMBER_TYPES.has(type) || (type === '' && element.name === 'points');
	return isNumber && /^-?\d{1,15}(\.\d+)?(e[+-]?\d{1,2})?$/i.test(text) ? Number(text) : text;
}

const NUMBER_TYPES = new Set(['double', 'float', 'decimal', 'int', 'integer', 'short', 'long']);
