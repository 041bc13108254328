import sax from 'sax';
import { ElektrikMessageError, MessageLimitError } from '../errors';

/** An element with its namespace resolved. Its text includes CDATA. */
export interface XmlElement {
	name: string;
	/** Empty for none. */
	namespace: string;
	attributes: ReadonlyArray<{ name: string; namespace: string; value: string }>;
	children: XmlElement[];
	text: string;
}

/** A check of one phone needs six levels, signed SOAP headers a dozen. */
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 2_000;
/** For each attribute, the parser searches all earlier ones of the element. */
const MAX_ATTRIBUTES = 2_000;
/** Whenever an element ends, the parser iterates over all namespaces declared around it. */
const MAX_NAMESPACES = 100;

/**
 * Parses a whole document. It supports only XML's five predefined entities and character references,
 * so that no entity can expand or read a file.
 *
 * @throws ElektrikMessageError for a document that is not well-formed, has a DTD, is nested too deeply
 *   or has more elements, attributes or namespaces than any check
 */
export function parseXml(text: string): XmlElement {
	// The parser reports attributes only after it has read all of an element.
	if (mayHaveMore(text, MAX_ATTRIBUTES)) refuse('The XML has too many attributes');
	const parser = sax.parser(true, { xmlns: true, strictEntities: true, position: false });
	const open: XmlElement[] = [];
	let root: XmlElement | undefined;
	let elements = 0;
	let namespaces = 0;
	const add = (piece: string) => {
		const current = open.at(-1);
		if (current) current.text += piece;
	};
	// The parser continues after an error unless the handler throws.
	parser.onerror = () => notWellFormed();
	parser.ondoctype = (type) => {
		// An HTML page is not an attack.
		if (/^\s*html\b/i.test(type)) notWellFormed();
		refuse('A document type is not allowed');
	};
	parser.onsgmldeclaration = () => refuse('A document type is not allowed');
	parser.ontext = parser.oncdata = add;
	parser.onopennamespace = () => {
		if (++namespaces > MAX_NAMESPACES) refuse('The XML has too many namespaces');
	};
	parser.onopentag = ({ local, uri, attributes }) => {
		if (++elements > MAX_ELEMENTS) refuse('The XML has too many elements');
		if (open.length === MAX_DEPTH) refuse('The XML is nested too deeply');
		if (root && open.length === 0) notWellFormed();
		const element: XmlElement = {
			name: local,
			namespace: uri,
			attributes: Object.values(attributes).map((attribute) => ({
				name: attribute.local,
				namespace: attribute.uri,
				value: attribute.value,
			})),
			children: [],
			text: '',
		};
		open.at(-1)?.children.push(element);
		root ??= element;
		open.push(element);
	};
	parser.onclosetag = () => void open.pop();
	parser.write(text).close();
	return root ?? notWellFormed();
}

/** Whether a text may contain more attributes than that: every value is quoted. */
function mayHaveMore(text: string, attributes: number): boolean {
	const values = text.matchAll(/=\s*["']/g);
	for (let seen = 0; seen <= attributes; seen++) if (values.next().done) return false;
	return true;
}

/** Finds the first child with this name, in the given namespace or in any. */
export function childOf(
	element: XmlElement,
	name: string,
	namespace?: string,
): XmlElement | undefined {
	return element.children.find(
		(child) => child.name === name && (namespace === undefined || child.namespace === namespace),
	);
}

const ESCAPES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

/** Escapes text for an element or a quoted attribute. */
export function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

function notWellFormed(): never {
	throw new ElektrikMessageError('The body is not well-formed XML');
}

function refuse(message: string): never {
	throw new MessageLimitError(message);
}
