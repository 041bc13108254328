import sax from 'sax';
import { ElektrikMessageError } from '../errors';
import type { SoapVersion } from './versions';
import { localName } from './wsdl-document';

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
 * Reads which ports of WSDL documents speak which version of SOAP (WSDL 1.1, section 3). Ports that
 * are bound to something else, such as those that ASP.NET adds for HTTP GET and POST, are left out.
 *
 * @param documents the WSDL, and those that it imports
 * @throws ElektrikMessageError when one is not well-formed
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
