import sax from 'sax';
import { ElektrikMessageError, MessageLimitError } from '../errors';
import { OPERATION, SERVICE_NAMESPACE } from './check-user';
import { escapeXml } from './xml';

/** An element of a WSDL or a schema, with its position in the text. Names have no prefix. */
export interface WsdlElement {
	name: string;
	attributes: Readonly<Record<string, string>>;
	children: WsdlElement[];
	/** Its first position in the text, and the position after its end. */
	start: number;
	end: number;
}

/** A WSDL, or a schema that one imports. */
export interface WsdlDocument {
	text: string;
	root: WsdlElement;
	/** The positions of its comments. */
	comments: Array<[start: number, end: number]>;
}

/** For all documents together. A service with 100 operations has 4,000 elements, bindings and types included. */
const MAX_ELEMENTS = 5_000;
const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 64;
const MAX_ATTRIBUTES_OF_ELEMENT = 100;

/** The size of all documents of one description that were parsed so far. */
export interface WsdlSize {
	characters: number;
	elements: number;
}

/**
 * Parses one document of a service's description, without resolving its references.
 *
 * @param size size of the documents parsed so far; this document is added
 * @throws ElektrikMessageError for a document that is not well-formed, has a DTD, or is larger than
 *   a service's description can be
 *
 * @example
 * const size = { characters: 0, elements: 0 };
 * const { root } = elektrik.parseWsdl(elektrik.writeWsdl('https://example.org/'), size);
 * root.children.map(({ name }) => name);
 * // => ['types', 'message', 'message', 'portType', 'binding', 'binding', 'service']
 */
export function parseWsdl(text: string, size: WsdlSize): WsdlDocument {
	size.characters += text.length;
	if (size.characters > MAX_CHARACTERS) refuse('The WSDL is too large');
	try {
		return read(text, size);
	} catch (error) {
		// The parser throws an error of its own for an attribute named like a method of Object.
		throw error instanceof ElektrikMessageError ? error : notWellFormed();
	}
}

function read(text: string, size: WsdlSize): WsdlDocument {
	const parser = sax.parser(true, { strictEntities: true, position: true });
	const comments: WsdlDocument['comments'] = [];
	const open: WsdlElement[] = [];
	let root: WsdlElement | undefined;
	let attributes = 0;
	parser.onerror = () => {
		throw notWellFormed();
	};
	parser.ondoctype = (type) => {
		// An HTML page is not an attack.
		if (/^\s*html\b/i.test(type)) throw notWellFormed();
		refuse('A document type is not allowed');
	};
	parser.onsgmldeclaration = () => refuse('A document type is not allowed');
	parser.onattribute = () => {
		if (++attributes > MAX_ATTRIBUTES_OF_ELEMENT) refuse('The WSDL has too many attributes');
	};
	parser.onopentag = (tag) => {
		attributes = 0;
		if (++size.elements > MAX_ELEMENTS) refuse('The WSDL has too many elements');
		if (open.length === MAX_DEPTH) refuse('The WSDL is nested too deeply');
		if (root && open.length === 0) throw notWellFormed();
		const element: WsdlElement = {
			name: localName(tag.name),
			attributes: tag.attributes,
			children: [],
			start: parser.startTagPosition - 1,
			end: text.length,
		};
		open.at(-1)?.children.push(element);
		root ??= element;
		open.push(element);
	};
	parser.onclosetag = () => {
		const closed = open.pop();
		if (closed) closed.end = parser.position;
	};
	parser.oncomment = () => {
		// The parser reports a comment before its last bracket.
		comments.push([parser.startTagPosition - 1, parser.position + 1]);
	};
	parser.write(text).close();
	if (!root || !['definitions', 'schema'].includes(root.name)) throw notWellFormed();
	return { text, root, comments };
}

/**
 * Returns a name without its prefix.
 *
 * @example
 * elektrik.localName('tns:CheckUser'); // => 'CheckUser'
 */
export function localName(name: string): string {
	return name.slice(name.indexOf(':') + 1);
}

function notWellFormed(): ElektrikMessageError {
	return new ElektrikMessageError('The WSDL is not well-formed XML');
}

function refuse(message: string): never {
	throw new MessageLimitError(message);
}

/** Writes the binding of the operation to a version of SOAP. */
function binding(name: string, prefix: string): string {
	const use = `<${prefix}:body use="literal"/>`;
	return `	<binding name="${name}" type="tns:DistributorPort">
		<${prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
		<operation name="${OPERATION}">
			<${prefix}:operation soapAction="${SERVICE_NAMESPACE}#${OPERATION}" style="document"/>
			<input>${use}</input>
			<output>${use}</output>
		</operation>
	</binding>`;
}

function port(name: string, bindingName: string, prefix: string, address: string): string {
	return `		<port name="${name}" binding="tns:${bindingName}">
			<${prefix}:address location="${escapeXml(address)}"/>
		</port>`;
}

/**
 * Writes the description of a distributor's service (WSDL 1.1, document/literal wrapped), from which
 * clients learn how to call `CheckUser`. SOAP 1.2 is first, because the portal uses it
 * (docs/protocols/elektrik.md, 4.1).
 *
 * @param address the URL that clients must send to, as they see it
 *
 * @example
 * const wsdl = elektrik.writeWsdl('https://example.org/webhook/points');
 * wsdl.match(/location="([^"]*)"/)[1]; // => 'https://example.org/webhook/points'
 */
export function writeWsdl(address: string): string {
	return `<?xml version="1.0" encoding="utf-8"?>
<definitions name="Distributor" targetNamespace="${SERVICE_NAMESPACE}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="${SERVICE_NAMESPACE}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
	<types>
		<xsd:schema targetNamespace="${SERVICE_NAMESPACE}" elementFormDefault="qualified">
			<xsd:element name="${OPERATION}">
				<xsd:complexType>
					<xsd:sequence>
						<xsd:element name="phone" type="xsd:string" minOccurs="0"/>
						<xsd:element name="arParameters" type="tns:Parameters" minOccurs="0"/>
					</xsd:sequence>
				</xsd:complexType>
			</xsd:element>
			<xsd:complexType name="Parameters">
				<xsd:sequence>
					<xsd:element name="phone" type="xsd:string"/>
				</xsd:sequence>
			</xsd:complexType>
			<xsd:element name="${OPERATION}Response">
				<xsd:complexType>
					<xsd:sequence>
						<xsd:element name="${OPERATION}Result" type="tns:${OPERATION}Result"/>
					</xsd:sequence>
				</xsd:complexType>
			</xsd:element>
			<xsd:complexType name="${OPERATION}Result">
				<xsd:sequence>
					<xsd:element name="exist" type="xsd:boolean"/>
					<xsd:element name="points" type="xsd:double" minOccurs="0"/>
				</xsd:sequence>
			</xsd:complexType>
		</xsd:schema>
	</types>
	<message name="${OPERATION}Input"><part name="parameters" element="tns:${OPERATION}"/></message>
	<message name="${OPERATION}Output"><part name="parameters" element="tns:${OPERATION}Response"/></message>
	<portType name="DistributorPort">
		<operation name="${OPERATION}">
			<input message="tns:${OPERATION}Input"/>
			<output message="tns:${OPERATION}Output"/>
		</operation>
	</portType>
${binding('DistributorSoap12', 'soap12')}
${binding('DistributorSoap11', 'soap')}
	<service name="Distributor">
${port('DistributorSoap12', 'DistributorSoap12', 'soap12', address)}
${port('DistributorSoap11', 'DistributorSoap11', 'soap', address)}
	</service>
</definitions>
`;
}
