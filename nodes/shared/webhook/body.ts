import { Stream } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { logTriggerEvent } from './send';

const nothing = (): void => undefined;

/**
 * Handles errors of the decompression streams. Once the body exceeds its limit, n8n removes its own
 * listeners, and a later stream error would crash the process.
 *
 * @returns a function that stops the decompression, to be called when n8n could not read the body
 */
function guardDecompression(request: Request): () => void {
	const streams = new Set<NodeJS.WritableStream>();
	const pipe = request.pipe.bind(request);
	request.pipe = (destination, options) => {
		streams.add(destination.on('error', nothing));
		return pipe(destination, options);
	};
	return () => {
		for (const stream of streams) if (stream instanceof Stream.Writable) stream.destroy();
	};
}

/** How long to wait for a body, in milliseconds. */
export interface BodyTimeouts {
	/** For its first byte, which clients send right after the head. */
	begin: number;
	/** For its next byte, so that a slow connection is not a stalled one. */
	idle: number;
	/** For all of it, so that a client cannot hold a request by sending single bytes. */
	whole: number;
}

const BODY_TIMEOUTS: BodyTimeouts = { begin: 5_000, idle: 10_000, whole: 60_000 };
/** The number of checks within the shortest timeout. */
const CHECKS_PER_IDLE_TIMEOUT = 10;

/**
 * Rejects when the request body will not arrive: the connection closed early, or a timeout passed. n8n
 * waits as long as the connection is open, and forever for a compressed body that is truncated; meanwhile
 * it holds the resources for the workflow.
 */
function watchBodyTimeout(
	request: Request,
	{ begin, idle, whole }: BodyTimeouts,
): { failed: Promise<never>; stop(): void } {
	const interval = Math.min(begin, idle) / CHECKS_PER_IDLE_TIMEOUT;
	let fail: (reason: string) => void = () => undefined;
	const failed = new Promise<never>((_, reject) => {
		fail = (reason) => request.complete || reject(new Error(`The body did not arrive: ${reason}`));
	});
	let [checks, quiet, bytes] = [0, 0, 0];
	let hasBegun = false;
	// It counts checks instead of time: a process that was busy has not read yet what has arrived.
	const timer = setInterval(() => {
		const { bytesRead } = request.socket;
		quiet = bytesRead === bytes ? quiet + 1 : 0;
		// Bytes that arrived before the first check were read, or can be read.
		hasBegun ||= request.readableDidRead || request.readableLength > 0;
		hasBegun ||= checks > 0 && bytesRead !== bytes;
		bytes = bytesRead;
		const isQuiet = quiet * interval >= (hasBegun ? idle : begin);
		if (isQuiet || ++checks * interval >= whole) fail('it takes too long');
	}, interval);
	const onClose = () => fail('the connection has closed');
	request.once('close', onClose);
	return {
		failed,
		stop: () => {
			clearInterval(timer);
			request.off('close', onClose);
		},
	};
}

/** The most requests whose bodies have not arrived yet. */
export interface WaitingLimits {
	/** For one network, see `networkOf`. */
	perNetwork: number;
	/** For all networks together. */
	total: number;
}

/** The error when too many requests are waiting for their bodies. */
export class TooManyWaiting extends Error {}

/** How long to wait for a body that follows the head after a moment, as with many clients. */
const MOMENT_MS = 250;
const CHECKS_PER_MOMENT = 10;

/**
 * Whether a body has arrived, or arrives in a moment, without reading it. It must be small, because Node.js
 * stops receiving data that is not read.
 */
export async function hasArrived(request: Request): Promise<boolean> {
	for (let check = 0; check < CHECKS_PER_MOMENT && !request.complete; check++)
		await sleep(MOMENT_MS / CHECKS_PER_MOMENT);
	return request.complete;
}

/** Waiting requests by network, of all triggers in this process: bodies use its memory. */
const waiting = new Map<string, number>();
let total = 0;

function of(network: string): number {
	return waiting.get(network) ?? 0;
}

/**
 * Reads a body, within the limits of waiting requests. A body that has arrived does not count.
 *
 * @throws TooManyWaiting when a limit is reached; then nothing was read
 */
export async function readWithinLimits<Body>(
	request: Request,
	network: string,
	limits: WaitingLimits,
	read: () => Promise<Body>,
): Promise<Body> {
	if (request.complete) return await read();
	const isFull = () => of(network) >= limits.perNetwork || total >= limits.total;
	if (isFull()) {
		if (await hasArrived(request)) return await read();
		if (isFull()) throw new TooManyWaiting();
	}
	waiting.set(network, of(network) + 1);
	total++;
	try {
		return await read();
	} finally {
		total--;
		const left = of(network) - 1;
		if (left === 0) waiting.delete(network);
		else waiting.set(network, left);
	}
}

/** n8n's request, which reads the decompressed body on demand. */
interface RawRequest extends Request {
	readRawBody(): Promise<void>;
}

let isWarned = false;

/**
 * Reads the bytes of a webhook's request. It does not use `req.body`: n8n mixes up the XML of concurrent
 * requests. If n8n has parsed the body itself, it logs one warning per process.
 *
 * @throws n8n's error for a body that is too large or wrongly encoded; Error when the body does not arrive,
 *   after which the connection is closed
 */
export async function readRawBody(
	node: IWebhookFunctions,
	request: Request,
	timeouts = BODY_TIMEOUTS,
): Promise<Buffer> {
	const raw = request as RawRequest;
	warnIfBodyParsed(node, raw);
	const abortDecompression = guardDecompression(raw);
	const timeout = watchBodyTimeout(raw, timeouts);
	timeout.failed.catch(() => raw.destroy());
	try {
		await Promise.race([raw.readRawBody(), timeout.failed]);
	} catch (error) {
		abortDecompression();
		throw error;
	} finally {
		timeout.stop();
	}
	return bytesOf(raw) ?? Buffer.alloc(0);
}

/** Returns the bytes: none before the body was read, or if there is no body, contrary to n8n's types. */
function bytesOf(request: Request): Buffer | undefined {
	return (request as { rawBody?: Buffer }).rawBody;
}

/**
 * Warns if n8n has parsed the body. It passes an unread body to a trigger of version 1 with the option
 * `binaryData`, but does not document that. If it stops doing so, the trigger does not receive bodies that
 * n8n cannot parse.
 */
function warnIfBodyParsed(node: IWebhookFunctions, request: Request): void {
	if (isWarned || (bytesOf(request) === undefined && request.body === undefined)) return;
	isWarned = true;
	logTriggerEvent(
		node,
		'warn',
		'n8n parsed a request before the trigger received it, so n8n itself responds to malformed JSON and to encodings other than UTF-8, instead of with the error that the protocol defines. Other requests are not affected. If this trigger was not created in the editor, add "binaryData": true to its options; otherwise, look for a newer version of this package.',
	);
}
