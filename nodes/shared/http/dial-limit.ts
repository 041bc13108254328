import type { Exchange } from './exchange';
import { connectTimeoutOf } from './failure';

/** Dialling that takes longer than this fails as "not reachable", and then surely nothing was sent. */
export const DIAL_MILLISECONDS = 10_000;

/**
 * Limits the time of dialling for a way out that would dial as long as the whole request may take. The
 * way out must end its request, sent or not, when its signal says so. Where nobody sees how far the
 * request is, it has its full time: before Node.js 22.12, in a tunnel through a proxy.
 *
 * @param milliseconds another limit, for tests
 */
export function withDialLimit(exchange: Exchange, milliseconds = DIAL_MILLISECONDS): Exchange {
	return async (request, signal, progress) => {
		const controller = new AbortController();
		const stop = () => controller.abort(signal.reason);
		let isOver = false as boolean;
		const timer = setTimeout(() => {
			isOver = progress.mayHaveLeft === false;
			if (isOver) controller.abort();
		}, milliseconds);
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
		try {
			return await exchange(request, controller.signal, progress);
		} catch (error) {
			const isUnsent = isOver && progress.mayHaveLeft === false && !signal.aborted;
			throw isUnsent ? connectTimeoutOf(new URL(request.url).host, milliseconds) : error;
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', stop);
		}
	};
}
