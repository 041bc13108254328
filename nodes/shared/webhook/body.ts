import { Stream } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from 'express';
import type { IWebhookFunctions } from 'n8n-workflow';
import { logTriggerEvent } from './send';

const nothing = (): void => undefined;

/**
 * Hears the errors of the streams that a packed body is sent through. n8n stops listening to such a
 * stream when the body is over its limit; if what follows is broken, as it is when somebody wants
 * that, nobody hears of it, and Node ends the whole process.
 *
 * @returns to be called when n8n could not read the body: unpacks no more of it
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

/** How long is waited for a body, in milliseconds. */
export interface BodyTimeouts {
	/** For its first byte: who sends a request has its body as well. */
	begin: number;
	/** For its next byte: a slow line is no stalled one. */
	idle: number;
	/** For all of it, so that nobody holds a request with a byte now and then. */
	whole: number;
}

const BODY_TIMEOUTS: BodyTimeouts = { begin: 5_000, idle: 10_000, whole: 60_000 };
/** How often is looked within the shorter of the times for the next byte. */
const CHECKS_PER_IDLE_TIMEOUT = 10;

/**
 * Hears that a body will not come: its connection has closed before its end, or it takes too long.
 * n8n waits for as long as the connection is open, and for a packed body that breaks off for ever;
 * all the while it keeps ready what it would evaluate the workflow with.
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
	let [looks, quiet, bytes] = [0, 0, 0];
	let hasBegun = false;
	// Looks are counted, not time: a process that was busy has not read yet what has come.
	const timer = setInterval(() => {
		const { bytesRead } = request.socket;
		quiet = bytesRead === bytes ? quiet + 1 : 0;
		// What came before the first look was read, or can be.
		hasBegun ||= request.readableDidRead || request.readableLength > 0;
		hasBegun ||= looks > 0 && bytesRead !== bytes;
		bytes = bytesRead;
		const isQuiet = quiet * interval >= (hasBegun ? idle : begin);
		if (isQuiet || ++looks * interval >= whole) fail('it takes too long');
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

/** How many requests may have bodies that have not arrived yet. */
export interface WaitingLimits {
	/** Of one network, see `networkOf`. */
	perNetwork: number;
	/** Of all networks together. */
	total: number;
}

/** There are more requests already whose bodies are waited for. */
export class TooManyWaiting extends Error {}

/** Many clients send a body a moment after its head. */
const MOMENT_MS = 250;
const CHECKS_PER_MOMENT = 10;

/**
 * Whether a body has arrived, or arrives in a moment, without being read: a small one, since Node
 * stops taking what nobody reads.
 */
export async function hasArrived(request: Request): Promise<boolean> {
	for (let look = 0; look < CHECKS_PER_MOMENT && !request.complete; look++)
		await sleep(MOMENT_MS / CHECKS_PER_MOMENT);
	return request.complete;
}

/** By network, for all triggers of this process: it is its memory that bodies fill. */
const waiting = new Map<string, number>();
let total = 0;

function of(network: string): number {
	return waiting.get(network) ?? 0;
}

/**
 * Reads a body that may have to be waited for. One that has arrived takes no place.
 *
 * @throws TooManyWaiting when the places of the network, or all, are taken: nothing was read then
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

/** n8n's request: it reads the body as it came, decompressed, when it is asked to. */
interface RawRequest extends Request {
	readRawBody(): Promise<void>;
}

let noticed = false;

/**
 * The bytes of a webhook's request. `req.body` is not used: n8n mixes up XML of requests that come
 * at once. When n8n has read the body by itself this is told, once for a process.
 *
 * @throws whatever n8n does about a body that is too large or not what its encoding says; Error
 *   when the body does not come, whose connection is closed then
 */
export async function readRawBody(
	node: IWebhookFunctions,
	request: Request,
	patience = BODY_TIMEOUTS,
): Promise<Buffer> {
	const raw = request as RawRequest;
	warnIfBodyParsed(node, raw);
	const giveUp = guardDecompression(raw);
	const arrival = watchBodyTimeout(raw, patience);
	arrival.failed.catch(() => raw.destroy());
	try {
		await Promise.race([raw.readRawBody(), arrival.failed]);
	} catch (error) {
		giveUp();
		throw error;
	} finally {
		arrival.stop();
	}
	return bytesOf(raw) ?? Buffer.alloc(0);
}

/** None before the body was read, nor where there is none, whatever n8n's types say. */
function bytesOf(request: Request): Buffer | undefined {
	return (request as { rawBody?: Buffer }).rawBody;
}

/**
 * n8n hands over an unread body to a trigger of version 1 with the option `binaryData`. That is
 * nowhere promised: should it end, what n8n cannot parse never comes here.
 */
function warnIfBodyParsed(node: IWebhookFunctions, request: Request): void {
	if (noticed || (bytesOf(request) === undefined && request.body === undefined)) return;
	noticed = true;
	logTriggerEvent(
		node,
		'warn',
		'n8n parsed a request before the trigger received it, so n8n itself responds to malformed JSON and to encodings other than UTF-8, instead of with the error that the protocol defines. Other requests are not affected. If this trigger was not created in the editor, add "binaryData": true to its options; otherwise, look for a newer version of this package.',
	);
}
