import type { AxiosPromise } from 'axios';
import type { Client, IHttpClient } from 'soap';
import { PartnerError } from '../../shared/errors';
import { withRetries } from '../../shared/http';
import { isObject, type JsonObject } from '../../shared/wire';
import {
	MessageLimitError,
	OPERATION,
	readCheckUserResponse,
	readSoapPorts,
	type SoapPort,
	type UserCheck,
} from '../protocol';
import { type CheckedEndpoint, type Checker, readCheckResult } from './check-json';
import { quoteResponse, retryDecision } from './failures';
import type { SendOptions } from './portal';
import {
	type Description,
	fetchDescription,
	sendMessage,
	withoutOperation,
	type WrittenMessage,
} from './soap-exchange';

/** Writes the request of `CheckUser` for a phone hash. */
export type MessageWriter = (phoneHash: string) => WrittenMessage;

/** Receives the message that the library would send. */
interface CallOptions {
	written(message: WrittenMessage): void;
}

type Call = (parameters: JsonObject, ignored: () => void, options: CallOptions) => void;

/**
 * Creates a writer that uses the `soap` package to write requests by a description, which was fetched
 * and reduced before. The package has no access to the network and reads no response: it would resolve
 * references in it, which double at each level.
 *
 * @throws PartnerError for a description without a usable port, and what the package throws for a
 *   description that it cannot use
 */
async function createMessageWriter(description: Description): Promise<MessageWriter> {
	// Loaded on first use, because loading it takes a tenth of a second.
	const { createClientAsync } = await import('soap');
	const client = await createClientAsync(description.address, {
		httpClient: offlineClient(description.documents),
		forceSoap12Headers: true,
		disableCache: true,
		strict: true,
		wsdl_options: { overrideImportLocation: (location: string) => new URL(location).href },
	});
	const [service, port] = choosePort(client, readSoapPorts([...description.documents.values()]));
	const ports = client[service] as Record<string, Record<string, Call>>;
	const call = ports[port]![OPERATION]!;
	const isNested = takesParameters(client, service, port);
	return (phoneHash) => {
		const phone = { phone: phoneHash };
		let message: WrittenMessage | undefined;
		call(isNested ? { arParameters: phone } : phone, () => undefined, {
			written: (written) => (message = written),
		});
		if (!message) throw new Error('The package wrote no message');
		return message;
	};
}

/** Creates an HTTP client that returns the documents, and passes on messages instead of sending them. */
function offlineClient(documents: ReadonlyMap<string, string>): IHttpClient {
	const request: IHttpClient['request'] = (url, body, callback, headers, options) => {
		if (typeof body === 'string') {
			(options as CallOptions).written({ url, body, headers: textHeaders(headers) });
		} else {
			const data = documents.get(url);
			const status = data === undefined ? 404 : 200;
			setImmediate(() => void callback(null, { status, data }, data));
		}
		// The type requires axios's promise, but the package does not use it.
		return undefined as unknown as AxiosPromise;
	};
	return { request };
}

function textHeaders(headers: object = {}): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/**
 * Chooses the port to use: one for SOAP 1.2, which the portal uses, or else one for SOAP 1.1. The library
 * would use the last port of any kind, and the SOAP action of the last binding.
 */
function choosePort(
	client: Client,
	soapPorts: readonly SoapPort[],
): readonly [service: string, port: string] {
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
	if (!chosen) throw withoutOperation();
	const action = chosen.soap.actions.get(OPERATION);
	if (action !== undefined) client.setSOAPAction(action);
	return chosen.path;
}

/** Whether the WSDL has the phone only in `arParameters` (docs/protocols/elektrik.md, 4.2). */
function takesParameters(client: Client, service: string, port: string): boolean {
	const described = client.describe() as Record<string, Record<string, JsonObject>>;
	const operation = described[service]?.[port]?.[OPERATION];
	const input = isObject(operation) && isObject(operation.input) ? operation.input : {};
	return !('phone' in input) && 'arParameters' in input;
}

/** What the endpoint's WSDL provides. */
interface Connection {
	write: MessageWriter;
	answerNames: readonly string[];
}

/**
 * Creates a checker that uses SOAP 1.2, as the portal does (docs/protocols/elektrik.md, 4.1). It reads the
 * endpoint's WSDL once per run and calls `CheckUser`. Its errors are `PartnerError`s.
 */
export function soapChecker(target: CheckedEndpoint): Checker {
	let connection: Promise<Connection> | undefined;
	return async (phoneHash, options) => {
		const call = async () => {
			try {
				// If the WSDL could not be read, the next item reads it again.
				connection ??= connect(target, options);
				connection.catch(() => (connection = undefined));
				return await ask(target, await connection, phoneHash, options);
			} catch (error) {
				throw withAdvice(error);
			}
		};
		return await withRetries(call, retryDecision, options.signal);
	};
}

async function connect(target: CheckedEndpoint, options: SendOptions): Promise<Connection> {
	const description = await fetchDescription(target, options);
	const write = await createMessageWriter(description);
	return { write, answerNames: description.answerNames };
}

async function ask(
	target: CheckedEndpoint,
	{ write, answerNames }: Connection,
	phoneHash: string,
	options: SendOptions,
): Promise<{ check: UserCheck; raw: unknown }> {
	const text = await sendMessage(target, write(phoneHash), options);
	const answer = readCheckUserResponse(text, answerNames);
	if ('fault' in answer) throw faultError(answer.fault);
	const raw = answer.result;
	return {
		check: readCheckResult(checkWithin(raw) ?? raw, quoteResponse(JSON.stringify(raw))),
		raw,
	};
}

/** The result may be nested, such as in the `return` of PHP and Axis. */
const MAX_RESULT_DEPTH = 3;

/** Finds the object that has `exist`: the result itself, or one inside it. */
function checkWithin(result: JsonObject, depth = MAX_RESULT_DEPTH): JsonObject | undefined {
	if ('exist' in result) return result;
	if (depth === 0) return undefined;
	const inner = Object.values(result).filter(isObject);
	return inner.map((value) => checkWithin(value, depth - 1)).find((found) => found !== undefined);
}

function faultError(fault: string): PartnerError {
	const words = fault === '' ? 'it gave no reason' : fault;
	return new PartnerError(`The endpoint returned a SOAP fault: ${words}`, {
		outcome: 'rejected',
		description:
			'This text comes from the endpoint. If it is one of your workflows, check its executions.',
	});
}

/** Replaces the library's errors, which contain the whole exchange. */
function withAdvice(error: unknown): unknown {
	if (error instanceof PartnerError) return error;
	if (error instanceof MessageLimitError) {
		return new PartnerError(`The endpoint’s SOAP message was rejected: ${error.message}`, {
			outcome: 'rejected',
			description:
				'The node limits messages to protect n8n. If this is the right endpoint, ask its operator for a shorter and simpler message.',
		});
	}
	return new PartnerError('The endpoint did not return a SOAP message', {
		outcome: 'rejected',
		description:
			'Check the endpoint: with ?wsdl appended, it must return a WSDL. It may support only JSON.',
	});
}
