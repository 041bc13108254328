import type { OutgoingHttpHeader, ServerResponse } from 'node:http';

/** Own properties of a response that shadow Node's, Express's and compression's methods. */
export type Methods = Record<string, (this: ServerResponse, ...args: never[]) => unknown>;

/** Receives what is written to an intercepted response. */
export interface ResponseSink {
	readonly response: ServerResponse;
	keep(part: Buffer): void;
	end(): void;
}

/** Where the methods of an answered response put what is written all the same. */
export type LateSink = Pick<ResponseSink, 'keep' | 'end'>;

const nothing = (): void => undefined;

function self(this: ServerResponse): ServerResponse {
	return this;
}

/** Methods that would start to send. */
const silent: Methods = { flush: nothing, flushHeaders: nothing };

/** Replaces the methods after the response was sent: n8n still writes to it, which would otherwise throw. */
export const inertMethods: Methods = {
	...silent,
	status: self,
	send: self,
	json: self,
	writeHead: self,
	setHeader: self,
	setHeaders: self,
	appendHeader: self,
	removeHeader: nothing,
	// If it returned false, a stream that is piped to the response would wait forever.
	write: (...args: unknown[]) => {
		readArguments(args).done();
		return true;
	},
	end(...args: unknown[]) {
		readArguments(args).done();
		return this;
	},
};

/** For a response that was answered at its deadline, where what is written later is of use. */
export function lateMethods(sink: LateSink): Methods {
	const end = (args: unknown[]): void => {
		const part = readArguments(args);
		if (part.bytes) sink.keep(part.bytes);
		part.done();
		sink.end();
	};
	return {
		...inertMethods,
		// Node lets the status of a response that has left be set; nobody is sent it.
		status(code: number | string) {
			this.statusCode = Number(code);
			return this;
		},
		writeHead(code: number) {
			this.statusCode = code;
			return this;
		},
		send(value: unknown) {
			end([expressBody(value).part]);
			return this;
		},
		json(value: unknown) {
			end([JSON.stringify(value)]);
			return this;
		},
		write: (...args: unknown[]) => {
			const part = readArguments(args);
			if (part.bytes) sink.keep(part.bytes);
			part.done();
			return true;
		},
		end(...args: unknown[]) {
			end(args);
			return this;
		},
	};
}

/**
 * Creates the methods of a response that was not sent yet. `send` is our own because Express's returns an
 * empty 304 for a request with If-None-Match and no body for HEAD, and hashes every body for its ETag.
 * Express's `json`, `sendStatus`, `sendFile`… call these methods. Headers stay in the response until it is
 * sent.
 */
export function capturingMethods(writing: ResponseSink): Methods {
	const { response } = writing;
	const end = (part: Part) => {
		if (part.bytes) writing.keep(part.bytes);
		writing.end();
		return response;
	};
	const send = (value: unknown) => {
		const { type, part } = expressBody(value);
		if (type !== undefined && !response.hasHeader('content-type')) {
			response.setHeader('Content-Type', type);
		}
		return end(readArguments([part]));
	};
	return {
		...silent,
		// Express 5 throws for a status that is a string, which n8n passes on.
		status: (code: number | string) => {
			response.statusCode = Number(code);
			return response;
		},
		send,
		json: (value: unknown) => {
			if (!response.hasHeader('content-type')) response.setHeader('Content-Type', JSON_TYPE);
			return end(readArguments([JSON.stringify(value)]));
		},
		writeHead: (...args: [status: number, ...rest: unknown[]]) => {
			response.statusCode = args[0];
			for (const [name, value] of headersOf(args.at(-1))) response.setHeader(name, value);
			return response;
		},
		write: (...args: unknown[]) => {
			const part = readArguments(args);
			if (part.bytes) writing.keep(part.bytes);
			part.done();
			return true;
		},
		end: (...args: unknown[]) => {
			const part = readArguments(args);
			if (part.callback) response.once('finish', part.callback);
			return end(part);
		},
	};
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Converts a value as Express's `send` does. */
function expressBody(value: unknown): { type?: string; part?: unknown } {
	if (value === undefined) return {};
	if (value === null) return { part: '' };
	if (typeof value === 'string') return { type: 'text/html; charset=utf-8', part: value };
	if (ArrayBuffer.isView(value)) return { type: 'application/octet-stream', part: value };
	return { type: JSON_TYPE, part: JSON.stringify(value) };
}

interface Part {
	bytes: Buffer | undefined;
	callback: (() => void) | undefined;
	/** Calls the writer's callback, as Node.js does when a part is written. */
	done(): void;
}

/** Reads the arguments `(chunk?, encoding?, callback?)`, of which Node.js allows any to be omitted. */
function readArguments(args: unknown[]): Part {
	const callback = args.find((value): value is () => void => typeof value === 'function');
	const [chunk, encoding] = args;
	return {
		bytes: toBytes(chunk, encoding),
		callback,
		done: () => {
			if (callback) process.nextTick(callback);
		},
	};
}

/** Copies a chunk: the writer may reuse its buffer after the callback. */
function toBytes(chunk: unknown, encoding: unknown): Buffer | undefined {
	if (typeof chunk === 'string') {
		return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
	}
	if (!ArrayBuffer.isView(chunk)) return undefined;
	return Buffer.from(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
}

/** Reads the last argument of `writeHead`: an object, a flat list or a list of pairs. */
function headersOf(given: unknown): Array<[name: string, value: OutgoingHttpHeader]> {
	if (Array.isArray(given)) {
		const flat = given.flat() as string[];
		return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []));
	}
	if (typeof given !== 'object' || given === null) return [];
	return Object.entries(given as Record<string, OutgoingHttpHeader | undefined>).flatMap(
		([name, value]) => (value === undefined ? [] : [[name, value]]),
	);
}
