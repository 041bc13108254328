import type { Client, IHttpClient } from 'soap';
import { PartnerError } from '../../shared/errors';
import { repeating } from '../../shared/http';
import { OPERATION, readSoapPorts, type SoapPort, type UserCheck } from '../protocol';
import { isObject, type JsonObject } from '../protocol/json';
import type { CheckedEndpoint, Checker } from './check';
import { readingCheck } from './check-json';
import { excerpt, judge } from './failures';
import type { SendOptions } from './portal';
import { isBeside, soapWayOut } from './soap-way-out';

/**
 * Asks by SOAP 1.2 as the portal does (elektrik.md, 2): reads the endpoint's WSDL, once a run, and
 * calls `CheckUser` by it. Errors are `PartnerError`s.
 */
export function soapChecker(target: CheckedEndpoint): Checker {
	let service: Promise<Service> | undefined;
	return async (phoneHash, options) => {
		const call = async () => {
			try {
				// A WSDL that could not be read is read again for the next item.
				service ??= connect(target, options);
				service.catch(() => (service = undefined));
				return await ask(await service, phoneHash, options);
			} catch (error) {
				throw explained(error);
			}
		};
		return await repeating(call, judge, options.signal);
	};
}

/** What a WSDL describes, and the port of it that is asked. */
interface Service {
	client: Client;
	/** The library's names of the service and its port. */
	path: readonly [service: string, port: string];
}

async function connect(target: CheckedEndpoint, options: SendOptions): Promise<Service> {
	// Loaded when it is first used: it takes n8n a tenth of a second.
	const { createClientAsync } = await import('soap');
	const documents: string[] = [];
	const client = await createClientAsync(wsdlAddress(target.endpoint), {
		httpClient: collectingDocuments(soapWayOut(target), documents),
		forceSoap12Headers: true,
		disableCache: true,
		strict: true,
		wsdl_options: { ...options, overrideImportLocation: importsOf(target.endpoint) },
	});
	return choosePort(client, readSoapPorts(documents));
}

/** Keeps the text of each document of the WSDL: the library forgets which version a port speaks. */
function collectingDocuments(way: IHttpClient, documents: string[]): IHttpClient {
	const request: IHttpClient['request'] = (url, body, callback, ...rest) => {
		const isDocument = typeof body !== 'string';
		const keep: typeof callback = (error, response, text) => {
			if (isDocument && typeof text === 'string') documents.push(text);
			return callback(error, response, text) as unknown;
		};
		return way.request(url, body, keep, ...rest);
	};
	return { request };
}

/**
 * Chooses the port to ask: one for SOAP 1.2, which the portal speaks, else one for 1.1. The library
 * would take the last port of any kind, and the SOAP action of the last binding.
 */
function choosePort(client: Client, soapPorts: readonly SoapPort[]): Service {
	const paths = Object.entries(client.describe() as JsonObject).flatMap(([service, ports]) =>
		Object.entries(isObject(ports) ? ports : {}).flatMap(([port, operations]) =>
			isObject(operations) && OPERATION in operations ? [[service, port] as const] : [],
		),
	);
	const known = paths.flatMap((path) => {
		const soap = soapPorts.find(({ name }) => name === path[1]);
		return soap ? [{ path, soap }] : [];
	});
	const chosen = known.find(({ soap }) => soap.version === '1.2') ?? known[0];
	if (chosen) {
		const action = chosen.soap.actions.get(OPERATION);
		if (action !== undefined) client.setSOAPAction(action);
		return { client, path: chosen.path };
	}
	throw new PartnerError(`The WSDL has no operation "${OPERATION}"`, {
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

/** A WSDL has one or two schemas beside it. */
const MAX_IMPORTS = 20;

/**
 * What a WSDL imports is fetched as itself is. The library would also read local files, and ask any
 * host that the WSDL names, such as those that only this n8n can reach, as long as there are more.
 */
function importsOf(endpoint: string): (location: string) => string {
	let imports = 0;
	return (location) => {
		if (!isBeside(endpoint, location)) {
			throw badImport(
				'The WSDL imports a file that is at no http address of its own host and port',
			);
		}
		if (++imports > MAX_IMPORTS) throw badImport('The WSDL imports files without end');
		return new URL(location).href;
	};
}

function badImport(message: string): PartnerError {
	return new PartnerError(message, {
		outcome: 'rejected',
		description:
			'Put what it imports into the WSDL itself, or beside it on the same host and port.',
	});
}

type Call = (
	parameters: JsonObject,
	callback: (error: Error | null, result: unknown) => void,
	options: SendOptions,
) => void;

async function ask(
	{ client, path: [service, port] }: Service,
	phoneHash: string,
	options: SendOptions,
): Promise<{ check: UserCheck; raw: unknown }> {
	const ports = client[service] as Record<string, Record<string, Call>>;
	const call = ports[port]![OPERATION]!;
	const phone = { phone: phoneHash };
	const parameters = takesParameters(client, service, port) ? { arParameters: phone } : phone;
	const result = await new Promise<unknown>((resolve, reject) => {
		call(parameters, (error, value) => (error ? reject(error) : resolve(value)), options);
	});
	const plain = withoutAttributes(result);
	const raw = isObject(plain) ? plain : {};
	return { check: readingCheck(checkWithin(raw) ?? raw, excerpt(JSON.stringify(raw))), raw };
}

/** The result may be a part's, such as the `return` of PHP and Axis, or in an element of its own. */
const MAX_RESULT_DEPTH = 3;

/** The object that has `exist`: the result itself, or one within it. */
function checkWithin(result: JsonObject, depth = MAX_RESULT_DEPTH): JsonObject | undefined {
	if ('exist' in result) return result;
	if (depth === 0) return undefined;
	const inner = Object.values(result).filter(isObject);
	return inner.map((value) => checkWithin(value, depth - 1)).find((found) => found !== undefined);
}

/** An element with attributes, a type for one, comes as an object of them and its value. */
function withoutAttributes(value: unknown): unknown {
	if (!isObject(value)) return value;
	if ('$value' in value) return value.$value;
	const entries = Object.entries(value).filter(([name]) => name !== 'attributes');
	return Object.fromEntries(entries.map(([name, content]) => [name, withoutAttributes(content)]));
}

/** Whether the WSDL has the phone in `arParameters` only, the name that the document gives it. */
function takesParameters(client: Client, service: string, port: string): boolean {
	const described = client.describe() as Record<string, Record<string, JsonObject>>;
	const operation = described[service]?.[port]?.[OPERATION];
	const input = isObject(operation) && isObject(operation.input) ? operation.input : {};
	return !('phone' in input) && 'arParameters' in input;
}

/** The library's errors hold the whole exchange; only the fault's words go on. */
function explained(error: unknown): unknown {
	if (error instanceof PartnerError) return error;
	const fault = faultIn(error);
	if (fault !== undefined) {
		return new PartnerError(`The endpoint answered with a fault: ${fault}`, {
			outcome: 'rejected',
			description:
				'These are the endpoint’s own words. If it is a workflow of yours, look at its executions.',
		});
	}
	return new PartnerError('What the endpoint answered is not a SOAP message', {
		outcome: 'rejected',
		description:
			'Check the endpoint: with ?wsdl at its end it must give a WSDL. It may also speak JSON only.',
	});
}

/** The words of a fault: SOAP 1.1 has them in `faultstring`, 1.2 in `Reason`. */
function faultIn(error: unknown): string | undefined {
	const { root } = (isObject(error) ? error : {}) as { root?: unknown };
	const path = ['Envelope', 'Body', 'Fault'];
	const fault = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), root);
	if (!isObject(fault)) return undefined;
	const reason = isObject(fault.Reason) ? fault.Reason.Text : fault.faultstring;
	const text = isObject(reason) ? reason.$value : reason;
	return typeof text === 'string' ? text : 'it gave no reason';
}
