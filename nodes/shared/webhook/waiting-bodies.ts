import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from 'express';

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
const LOOKS_PER_MOMENT = 10;

/**
 * Whether a body has arrived, or arrives in a moment, without being read: a small one, since Node
 * stops taking what nobody reads.
 */
export async function hasArrived(request: Request): Promise<boolean> {
	for (let look = 0; look < LOOKS_PER_MOMENT && !request.complete; look++)
		await sleep(MOMENT_MS / LOOKS_PER_MOMENT);
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
