import sax from 'sax';
import { ElektrikMessageError, MessageLimitError } from '../errors';

/** An element with its namespace resolved; text and CDATA within it are one. */
export interface XmlElement {
	name: string;
	/** Empty for none. */
	namespace: string;
	attributes: ReadonlyArray<{ name: string; namespace: string; value: string }>;
	children: XmlElement[];
	text: string;
}

/** A question about one phone needs six levels; signed headers of SOAP a dozen. */
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 2_000;
/** The parser looks through all attributes of an element at each further one. */
const MAX_ATTRIBUTES = 2_000;
/** The parser goes through all that are declared around an element whenever one is closed. */
const MAX_NAMESPACES = 100;

/**
 * Parses a whole document. Only XML's own five entities and character references are known, so
 * that no entity can grow or reach for a file.
 *
 * @throws ElektrikMessageError for what is not well-formed, has a DTD, is nested too deeply
 *   or has more elements, attributes or namespaces than any question
 */
export function parseXml(text: string): XmlElement {
	// The parser tells of attributes when it has read all of an element.
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
	// The parser goes on after an error that its handler does not throw.
	parser.onerror = () => notWellFormed();
	parser.ondoctype = (type) => {
		// A page is no attack.
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

/** Whether a text may hold more attributes than that: a value is always quoted. */
function mayHaveMore(text: string, attributes: number): boolean {
	const values = text.matchAll(/=\s*["']/g);
	for (let seen = 0; seen <= attributes; seen++) if (values.next().done) return false;
	return true;
}

/** The first child of this name, in the given namespace or in any. */
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

/** Text for an element or a quoted attribute. */
export function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

function notWellFormed(): never {
	throw new ElektrikMessageError('The body is not well-formed XML');
}

function refuse(message: string): never {
	throw new MessageLimitError(message);
}
