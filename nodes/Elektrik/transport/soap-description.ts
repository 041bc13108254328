import { PartnerError } from '../../shared/errors';
import { OPERATION, parseWsdl, reduceWsdl, type WsdlDocument, type WsdlElement } from '../protocol';
import type { CheckedEndpoint } from './check';
import type { SendOptions } from './portal';
import { fetchDocument, isBeside } from './soap-exchange';

/** A WSDL has one or two schemas beside it. */
const MAX_IMPORTS = 20;

/** What an endpoint says about its operation `CheckUser`. */
export interface Description {
	/** The address of the WSDL. */
	address: string;
	/** The WSDL and what it imports, without all that is about other operations, by address. */
	documents: ReadonlyMap<string, string>;
	/** Names that the element with the answer may have, beside the usual ones. */
	answerNames: readonly string[];
}

/**
 * Fetches the endpoint's WSDL and what it imports, each document once, and leaves of them what
 * `CheckUser` needs. Nothing is fetched from another host or from a file.
 *
 * @throws PartnerError, and ElektrikMessageError for a WSDL that is not read
 */
export async function fetchDescription(
	target: CheckedEndpoint,
	options: SendOptions,
): Promise<Description> {
	const address = wsdlAddress(target.endpoint);
	const documents = new Map<string, WsdlDocument>();
	const size = { characters: 0, elements: 0 };
	const waiting = [address];
	for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
		if (documents.has(next)) continue;
		if (documents.size > MAX_IMPORTS) throw badImport('The WSDL imports files without end');
		const document = parseWsdl(await fetchDocument(target, next, options), size);
		documents.set(next, document);
		for (const location of locationsIn(document.root)) {
			waiting.push(importedAddress(target.endpoint, location, next));
		}
	}
	const reduced = reduceWsdl([...documents.values()]);
	if (!reduced) throw withoutOperation();
	const texts = [...documents.keys()].map((url, at): [string, string] => [
		url,
		reduced.texts[at] ?? '',
	]);
	return { address, documents: new Map(texts), answerNames: reduced.answerNames };
}

/** The error of a description in which nobody can be asked for `CheckUser` by SOAP. */
export function withoutOperation(): PartnerError {
	return new PartnerError(`The WSDL has no operation "${OPERATION}"`, {
		outcome: 'rejected',
		description: 'It is the one that the portal calls. Check the endpoint.',
	});
}

function wsdlAddress(endpoint: string): string {
	const url = new URL(endpoint);
	const asks = [...url.searchParams.keys()].some((name) => name.toLowerCase() === 'wsdl');
	if (!asks) url.search = url.search === '' ? '?wsdl' : `${url.search}&wsdl`;
	return url.href;
}

/** Imports stand in definitions and in schemas. */
function locationsIn(element: WsdlElement): string[] {
	return element.children.flatMap((child) => {
		if (child.name === 'types' || child.name === 'schema') return locationsIn(child);
		if (child.name !== 'import' && child.name !== 'include') return [];
		const { schemaLocation, location } = child.attributes;
		const found = schemaLocation || location;
		return found ? [found] : [];
	});
}

/** The library would also read local files, and ask any host that the WSDL names, such as those that only this n8n can reach. */
function importedAddress(endpoint: string, location: string, from: string): string {
	const address = URL.canParse(location, from) ? new URL(location, from).href : location;
	if (isBeside(endpoint, address)) return address;
	throw badImport('The WSDL imports a file that is at no http address of its own host and port');
}

function badImport(message: string): PartnerError {
	return new PartnerError(message, {
		outcome: 'rejected',
		description:
			'Put what it imports into the WSDL itself, or beside it on the same host and port.',
	});
}
