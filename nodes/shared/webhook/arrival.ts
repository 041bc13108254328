import type { Request } from 'express';

/** How long is waited for a body, in milliseconds. */
export interface Patience {
	/** For its next byte: a slow line is no stalled one. */
	idle: number;
	/** For all of it, so that nobody holds a request with a byte now and then. */
	whole: number;
}

export const PATIENCE: Patience = { idle: 10_000, whole: 60_000 };
/** How often is looked within the idle time. */
const LOOKS = 10;

/**
 * Hears that a body will not come: its connection has closed before its end, or it takes too long.
 * n8n waits for as long as the connection is open, and for a packed body that breaks off for ever;
 * all the while it keeps ready what it would evaluate the workflow with.
 */
export function watchArrival(
	request: Request,
	{ idle, whole }: Patience,
): { failed: Promise<never>; stop(): void } {
	const interval = idle / LOOKS;
	let fail: (reason: string) => void = () => undefined;
	const failed = new Promise<never>((_, reject) => {
		fail = (reason) => request.complete || reject(new Error(`The body did not come: ${reason}`));
	});
	let [looks, quiet, bytes] = [0, 0, 0];
	// Looks are counted, not time: a process that was busy has not read yet what has come.
	const timer = setInterval(() => {
		const { bytesRead } = request.socket;
		quiet = bytesRead === bytes ? quiet + 1 : 0;
		bytes = bytesRead;
		if (quiet >= LOOKS || ++looks * interval >= whole) fail('it takes too long');
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
