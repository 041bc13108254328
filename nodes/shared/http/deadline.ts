import { HttpFailure } from './failure';

/** Ends an exchange: after its time, or when the execution is stopped. */
export interface Deadline {
	signal: AbortSignal;
	/** What ended the exchange, if anything did. */
	readonly failure: HttpFailure | undefined;
	/** To be called once the exchange is over; nothing is left behind then. */
	clear(): void;
}

/**
 * One signal for both ends. `AbortSignal.any` would do, but it keeps a reference for each request on
 * the execution's signal, and a run may have a hundred thousand of them.
 *
 * @param milliseconds the whole timeout, for the error
 * @param remaining what is left of it
 */
export function startDeadline(
	host: string,
	milliseconds: number,
	stop: AbortSignal | undefined,
	remaining = milliseconds,
): Deadline {
	const controller = new AbortController();
	let failure: HttpFailure | undefined;
	const end = (reason: HttpFailure) => {
		failure ??= reason;
		controller.abort(reason);
	};
	const onStop = () => end(new HttpFailure('cancelled', 'The execution was stopped'));
	const timer = setTimeout(() => end(timeoutOf(host, milliseconds)), remaining);
	stop?.addEventListener('abort', onStop, { once: true });
	if (stop?.aborted) onStop();
	return {
		signal: controller.signal,
		get failure() {
			return failure;
		},
		clear() {
			clearTimeout(timer);
			stop?.removeEventListener('abort', onStop);
		},
	};
}

/** The failure of a request that took too long. */
export function timeoutOf(host: string, milliseconds: number): HttpFailure {
	return new HttpFailure(
		'timeout',
		`${host} did not answer within ${milliseconds / 1000} s`,
		'If it needs longer than that, raise the timeout in the options of the node.',
	);
}
