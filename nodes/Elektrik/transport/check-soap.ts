import type { Client } from 'soap';
import { PartnerError } from '../../shared/errors';
import { repeating } from '../../shared/http';
import { OPERATION, type UserCheck } from '../protocol';
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
	let client: Promise<Client> | undefined;
	return async (phoneHash, options) => {
		const call = async () => {
			try {
				// A WSDL that could not be read is read again for the next item.
				client ??= connect(target, options);
				client.catch(() => (client = undefined));
				return await ask(await client, phoneHash, options);
			} catch (error) {
				throw explained(error);
			}
		};
		return await repeating(call, judge, options.signal);
	};
}

async function connect(target: CheckedEndpoint, options: SendOptions): Promise<Client> {
	// Loaded when it is first used: it takes n8n a tenth of a second.
	const { createClientAsync } = await import('soap');
	const client = await createClientAsync(wsdlAddress(target.endpoint), {
		httpClient: soapWayOut(target),
		forceSoap12Headers: true,
		disableCache: true,
		strict: true,
		wsdl_options: { ...options, overrideImportLocation: importsOf(target.endpoint) },
	});
	if (typeof client[`${OPERATION}Async`] === 'function') return client;
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

type Call = (parameters: JsonObject, options: SendOptions) => Promise<[result: unknown]>;

async function ask(
	client: Client,
	phoneHash: string,
	options: SendOptions,
): Promise<{ check: UserCheck; raw: unknown }> {
	const call = client[`${OPERATION}Async`] as Call;
	const phone = { phone: phoneHash };
	const [result] = await call(takesParameters(client) ? { arParameters: phone } : phone, options);
	const plain = withoutAttributes(result);
	const raw = isObject(plain) ? plain : {};
	const nested = raw[`${OPERATION}Result`];
	return { check: readingCheck(nested ?? raw, excerpt(JSON.stringify(raw))), raw };
}

/** An element with attributes, a type for one, comes as an object of them and its value. */
function withoutAttributes(value: unknown): unknown {
	if (!isObject(value)) return value;
	if ('$value' in value) return value.$value;
	const entries = Object.entries(value).filter(([name]) => name !== 'attributes');
	return Object.fromEntries(entries.map(([name, content]) => [name, withoutAttributes(content)]));
}

/** Whether the WSDL has the phone in `arParameters` only, the name that the document gives it. */
function takesParameters(client: Client): boolean {
	const services = Object.values(client.describe() as JsonObject).filter(isObject);
	const ports = services.flatMap((service) => Object.values(service).filter(isObject));
	const inputs = ports.map((port) => port[OPERATION]).filter(isObject);
	const input = inputs.map((operation) => operation.input).find(isObject) ?? {};
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
