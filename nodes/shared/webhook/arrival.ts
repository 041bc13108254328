import type { Request } from 'express';

/** How long is waited for a body, in milliseconds. */
export interface Patience {
	/** For its first byte: who sends a request has its body as well. */
	begin: number;
	/** For its next byte: a slow line is no stalled one. */
	idle: number;
	/** For all of it, so that nobody holds a request with a byte now and then. */
	whole: number;
}

export const PATIENCE: Patience = { begin: 5_000, idle: 10_000, whole: 60_000 };
/** How often is looked within the shorter of the times for the next byte. */
const LOOKS_PER_INTERVAL = 10;

/**
 * Hears that a body will not come: its connection has closed before its end, or it takes too long.
 * n8n waits for as long as the connection is open, and for a packed body that breaks off for ever;
 * all the while it keeps ready what it would evaluate the workflow with.
 */
export function watchArrival(
	request: Request,
	{ begin, idle, whole }: Patience,
): { failed: Promise<never>; stop(): void } {
	const interval = Math.min(begin, idle) / LOOKS_PER_INTERVAL;
	let fail: (reason: string) => void = () => undefined;
	const failed = new Promise<never>((_, reject) => {
		fail = (reason) => request.complete || reject(new Error(`The body did not come: ${reason}`));
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
