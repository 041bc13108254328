import sax from 'sax';
import { ElektrikMessageError, MessageLimitError } from '../errors';
import { OPERATION } from './check-user';
import type { SoapVersion } from './envelope';
import { localName, type WsdlDocument, type WsdlElement } from './wsdl';

/** A port of a WSDL that is bound to SOAP. */
export interface SoapPort {
	/** The name of the port; a WSDL's ports have different names (WSDL 1.1, section 2.6). */
	name: string;
	version: SoapVersion;
	/** The SOAP action of each operation, by its name. */
	actions: ReadonlyMap<string, string>;
}

const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
const VERSIONS: Readonly<Record<string, SoapVersion>> = {
	[`${WSDL}soap12/`]: '1.2',
	[`${WSDL}soap/`]: '1.1',
};

interface Binding {
	version: SoapVersion | undefined;
	actions: Map<string, string>;
}

/**
 * Reads the SOAP ports of WSDL documents and their versions (WSDL 1.1, section 3). It omits ports with
 * another binding, such as those that ASP.NET adds for HTTP GET and POST.
 *
 * @param documents the WSDL, and those that it imports
 * @throws ElektrikMessageError when one is not well-formed
 *
 * @example
 * elektrik.readSoapPorts([elektrik.writeWsdl('https://example.org/')])[0];
 * // => { name: 'DistributorSoap12', version: '1.2', actions: new Map([['CheckUser', 'urn:elektrik.ru:distributor#CheckUser']]) }
 */
export function readSoapPorts(documents: readonly string[]): SoapPort[] {
	const bindings = new Map<string, Binding>();
	const ports: Array<{ name: string; binding: string }> = [];
	for (const text of documents) readDocument(text, bindings, ports);
	return ports.flatMap(({ name, binding }) => {
		const { version, actions } = bindings.get(binding) ?? {};
		return version === undefined || !actions ? [] : [{ name, version, actions }];
	});
}

function readDocument(
	text: string,
	bindings: Map<string, Binding>,
	ports: Array<{ name: string; binding: string }>,
): void {
	const parser = sax.parser(true, { xmlns: true, strictEntities: true, position: false });
	let binding: Binding | undefined;
	let operation = '';
	parser.onerror = () => {
		throw new ElektrikMessageError('The WSDL is not well-formed XML');
	};
	parser.onopentag = ({ local, uri, attributes }) => {
		const valueOf = (name: string) => attributes[name]?.value ?? '';
		if (uri === WSDL && local === 'binding') {
			binding = { version: undefined, actions: new Map() };
			bindings.set(valueOf('name'), binding);
		} else if (uri === WSDL && local === 'operation') {
			operation = valueOf('name');
		} else if (uri === WSDL && local === 'port') {
			ports.push({ name: valueOf('name'), binding: localName(valueOf('binding')) });
		} else if (binding && VERSIONS[uri] !== undefined) {
			if (local === 'binding') binding.version = VERSIONS[uri];
			if (local === 'operation') binding.actions.set(operation, valueOf('soapAction'));
		}
	};
	parser.write(text).close();
}

/** The description of one operation, which may be in several documents. */
export interface ReducedWsdl {
	/** The texts of the documents, in their order. */
	texts: string[];
	/** Names that the response element may have, in addition to the usual ones. */
	answerNames: string[];
}

/** One operation has about a hundred elements, with its bindings and ports. */
const MAX_ELEMENTS = 500;
const MAX_CHARACTERS = 64 * 1024;
/** A library that expands types takes twice as long for each further link of a chain of types. */
const MAX_EXPANSIONS = 8;
const MAX_PORTS = 16;
/** Parts of a description that are needed only if an operation's messages refer to them. */
const COMPONENTS = new Set(['element', 'complexType', 'simpleType', 'group', 'attributeGroup']);
/** The other parts of a description that are kept. */
const KEPT_DEFINITIONS = new Set(['import', 'types', 'message', 'portType', 'binding', 'service']);

/**
 * Reduces a description to what is needed to write the request of `CheckUser`: it removes all other
 * operations, their messages and types, responses and comments. The library that reads the result
 * expands a type once for each path to it, so the number of paths is limited as well.
 *
 * @param documents the WSDL and all documents that it imports
 * @returns `undefined` for a description without this operation
 * @throws MessageLimitError when the operation is larger or more complex than `CheckUser` can be
 *
 * @example
 * const size = { characters: 0, elements: 0 };
 * const document = elektrik.parseWsdl(elektrik.writeWsdl('https://example.org/'), size);
 * elektrik.reduceWsdl([document]).answerNames; // => ['CheckUserOutput', 'CheckUserResponse']
 */
export function reduceWsdl(documents: readonly WsdlDocument[]): ReducedWsdl | undefined {
	const definitions = documents.flatMap(({ root }) => partsOf(root));
	const operations = definitions
		.filter(({ name }) => name === 'portType')
		.flatMap(({ children }) => children.filter(isOurOperation));
	if (operations.length === 0) return undefined;
	const messagesFor = (direction: string) => {
		const names = operations
			.flatMap(({ children }) => children.filter(({ name }) => name === direction))
			.map(({ attributes }) => localName(attributes.message ?? ''));
		const wanted = new Set(names);
		return definitions.filter(
			({ name, attributes }) => name === 'message' && wanted.has(attributes.name ?? ''),
		);
	};
	const kept = new Set<WsdlElement>(messagesFor('input'));
	keepComponents(kept, schemasOf(documents));
	const size = { elements: 0, ports: 0, characters: 0 };
	const texts = documents.map((document) => cut(document, kept, size));
	return { texts, answerNames: messagesFor('output').flatMap(namesOfAnswer) };
}

function isOurOperation({ name, attributes }: WsdlElement): boolean {
	return name === 'operation' && attributes.name === OPERATION;
}

function partsOf(root: WsdlElement): WsdlElement[] {
	return root.name === 'definitions' ? root.children : [];
}

function schemasOf(documents: readonly WsdlDocument[]): WsdlElement[] {
	return documents.flatMap(({ root }) =>
		root.name === 'schema'
			? [root]
			: root.children
					.filter(({ name }) => name === 'types')
					.flatMap(({ children }) => children.filter(({ name }) => name === 'schema')),
	);
}

/** Returns the possible names of the response: its message, or the element in it, depending on the style. */
function namesOfAnswer({ attributes, children }: WsdlElement): string[] {
	const elements = children.map((part) => localName(part.attributes.element ?? ''));
	return [attributes.name ?? '', ...elements].filter((name) => name !== '');
}

/**
 * Adds all types and elements that the kept parts refer to, directly or not. Names are compared without
 * their namespaces: keeping one too many is safer than keeping one too few.
 */
function keepComponents(kept: Set<WsdlElement>, schemas: readonly WsdlElement[]): void {
	const byName = new Map<string, WsdlElement[]>();
	for (const component of schemas.flatMap(({ children }) => children)) {
		if (!COMPONENTS.has(component.name)) continue;
		const name = component.attributes.name ?? '';
		const known = byName.get(name);
		if (known) known.push(component);
		else byName.set(name, [component]);
	}
	const waiting = [...kept];
	let expansions = 0;
	for (let next = waiting.pop(); next; next = waiting.pop()) {
		waiting.push(...next.children.filter(({ name }) => !isIgnored(name)));
		const { element, type, ref, base } = next.attributes;
		for (const reference of [element, type, ref, base]) {
			const found = (reference === undefined ? undefined : byName.get(localName(reference))) ?? [];
			// The type of an element is expanded only once.
			const isExpanded = reference === base || next.name === 'group';
			if (found.length > 0 && isExpanded && ++expansions > MAX_EXPANSIONS) {
				refuse('The types of CheckUser in the WSDL refer to too many others');
			}
			for (const component of found) {
				if (kept.has(component)) continue;
				kept.add(component);
				waiting.push(component);
			}
		}
	}
}

function isIgnored(name: string): boolean {
	return name === 'annotation' || name === 'documentation';
}

/** Returns the text without the parts that are not kept, and adds its size to `size`. */
function cut(
	{ text, root, comments }: WsdlDocument,
	kept: ReadonlySet<WsdlElement>,
	size: { elements: number; ports: number; characters: number },
): string {
	const gaps = [...comments];
	const visit = (element: WsdlElement, parent: WsdlElement | undefined) => {
		if (parent && !isNeeded(element, parent, kept)) {
			gaps.push([element.start, element.end]);
			return;
		}
		size.elements++;
		if (element.name === 'port') size.ports++;
		if (size.elements > MAX_ELEMENTS || size.ports > MAX_PORTS) {
			refuse('The WSDL describes CheckUser with too many elements');
		}
		for (const child of element.children) visit(child, element);
	};
	visit(root, undefined);
	gaps.sort(([one], [other]) => one - other);
	let left = '';
	let at = 0;
	for (const [start, end] of gaps) {
		// A comment may be inside a removed part.
		if (start >= at) left += text.slice(at, start).trimEnd();
		at = Math.max(at, end);
	}
	left += text.slice(at);
	size.characters += left.length;
	if (size.characters > MAX_CHARACTERS)
		refuse('The WSDL describes CheckUser at too great a length');
	return left;
}

function isNeeded(
	element: WsdlElement,
	parent: WsdlElement,
	kept: ReadonlySet<WsdlElement>,
): boolean {
	const { name } = element;
	if (isIgnored(name)) return false;
	if (parent.name === 'definitions') {
		return KEPT_DEFINITIONS.has(name) && (name !== 'message' || kept.has(element));
	}
	if (parent.name === 'schema' && COMPONENTS.has(name)) return kept.has(element);
	if (parent.name === 'portType' || parent.name === 'binding') {
		return name !== 'operation' || isOurOperation(element);
	}
	return !(parent.name === 'operation' && (name === 'output' || name === 'fault'));
}

function refuse(message: string): never {
	throw new MessageLimitError(message);
}
