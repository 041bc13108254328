import { PartnerError } from '../../shared/errors';
import { type HttpRequest, type HttpResponse, isSuccess, textOfBody } from '../../shared/http';
import { OPERATION, parseWsdl, reduceWsdl, type WsdlDocument, type WsdlElement } from '../protocol';
import type { CheckedEndpoint } from './check-json';
import { adviceForStatus, quoteResponse, UnusableAnswer } from './failures';
import { MAX_ANSWER_BYTES, type SendOptions } from './portal';

const CHECK_ENDPOINT =
	'Check the endpoint: with ?wsdl appended, it must return a WSDL, which contains the address to send to.';

/** A request as the `soap` package wrote it. */
export interface WrittenMessage {
	url: string;
	body: string;
	headers: Record<string, string>;
}

/**
 * Fetches a WSDL, or a document that it imports.
 *
 * @throws PartnerError
 */
async function fetchDocument(
	target: CheckedEndpoint,
	url: string,
	options: SendOptions,
): Promise<string> {
	return await exchange(target, { url, method: 'GET' }, options);
}

/**
 * Sends a message to the address in the WSDL.
 *
 * @returns the text of the response, which may be a fault
 * @throws PartnerError
 */
export async function sendMessage(
	target: CheckedEndpoint,
	message: WrittenMessage,
	options: SendOptions,
): Promise<string> {
	if (!isSameHost(target.endpoint, message.url)) throw foreignHostError(message.url);
	return await exchange(target, { ...message, method: 'POST' }, options);
}

/**
 * Whether an address is on the endpoint's host, with its port or a default port. A WSDL may name other
 * hosts, including internal ones that only this n8n can reach.
 */
function isSameHost(endpoint: string, address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname, port } = new URL(address);
	const own = new URL(endpoint);
	const isHttp = protocol === 'http:' || protocol === 'https:';
	return isHttp && hostname === own.hostname && (port === '' || port === own.port);
}

function foreignHostError(address: string): PartnerError {
	const where = URL.canParse(address) ? new URL(address).origin : 'an invalid address';
	return new PartnerError(`The WSDL says to send to ${where}, which is another host or port`, {
		outcome: 'rejected',
		description:
			'Correct the WSDL: it must name the endpoint’s own host and port, because the portal uses the same address. The node sent nothing there.',
	});
}

async function exchange(
	{ send, allowUnauthorizedCerts }: CheckedEndpoint,
	request: Pick<HttpRequest, 'url' | 'method' | 'body' | 'headers'>,
	{ timeout, signal }: SendOptions,
): Promise<string> {
	const response = await send({
		...request,
		timeout,
		signal,
		maxAnswerBytes: MAX_ANSWER_BYTES,
		allowUnauthorizedCerts,
	});
	const text = textOfBody(response);
	const mayBeFault = request.method === 'POST' && /\bFault\b/.test(text);
	if (!isSuccess(response.status) && !mayBeFault) throw noMessage(request, response, text);
	return text;
}

function noMessage(
	request: Pick<HttpRequest, 'url' | 'method'>,
	response: HttpResponse,
	text: string,
): UnusableAnswer {
	const what = request.method === 'GET' ? 'the WSDL request' : 'CheckUser';
	return new UnusableAnswer(
		`${new URL(request.url).host} returned HTTP ${response.status} for ${what}`,
		'rejected',
		response,
		`${adviceForStatus(response.status, CHECK_ENDPOINT)} ${quoteResponse(text)}`,
	);
}

/** The most documents of a WSDL. Most import one or two schemas. */
const MAX_IMPORTS = 20;

/** An endpoint's description of its operation `CheckUser`. */
export interface Description {
	/** The address of the WSDL. */
	address: string;
	/** The WSDL and its imports by address, reduced to this operation. */
	documents: ReadonlyMap<string, string>;
	/** Names that the response element may have, in addition to the usual ones. */
	answerNames: readonly string[];
}

/**
 * Fetches the endpoint's WSDL and its imports, each document once, and reduces them to what `CheckUser`
 * needs. It fetches nothing from another host or from a file.
 *
 * @throws PartnerError, or an ElektrikMessageError for a WSDL that is not read
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

/** Creates the error for a description that has no `CheckUser` by SOAP. */
export function withoutOperation(): PartnerError {
	return new PartnerError(`The WSDL has no operation "${OPERATION}"`, {
		outcome: 'rejected',
		description: 'Check the endpoint: the portal calls this operation.',
	});
}

function wsdlAddress(endpoint: string): string {
	const url = new URL(endpoint);
	const asks = [...url.searchParams.keys()].some((name) => name.toLowerCase() === 'wsdl');
	if (!asks) url.search = url.search === '' ? '?wsdl' : `${url.search}&wsdl`;
	return url.href;
}

/** Finds the locations of imports, which are in definitions and in schemas. */
function locationsIn(element: WsdlElement): string[] {
	return element.children.flatMap((child) => {
		if (child.name === 'types' || child.name === 'schema') return locationsIn(child);
		if (child.name !== 'import' && child.name !== 'include') return [];
		const { schemaLocation, location } = child.attributes;
		const found = schemaLocation || location;
		return found ? [found] : [];
	});
}

/**
 * Resolves the address of an import on the endpoint's host. The library would also read local files, and
 * hosts that only this n8n can reach.
 *
 * @throws PartnerError for any other address
 */
function importedAddress(endpoint: string, location: string, from: string): string {
	const address = URL.canParse(location, from) ? new URL(location, from).href : location;
	if (isSameHost(endpoint, address)) return address;
	throw badImport('The WSDL imports a file that has no HTTP address on its own host and port');
}

function badImport(message: string): PartnerError {
	return new PartnerError(message, {
		outcome: 'rejected',
		description:
			'Include the imported content in the WSDL itself, or host it on the same host and port.',
	});
}
