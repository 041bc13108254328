import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withConnectTimeout } from '../../../nodes/shared/http/keep-alive';
import type { OutgoingRequest } from '../../../nodes/shared/http/exchange';
import type { RequestProgress } from '../../../nodes/shared/http/progress';

/** The time of dialling over a way out that has no limit for it by itself. */

const LIMIT = 50;
const request: OutgoingRequest = {
	url: 'https://crm.example.com/exapi',
	method: 'POST',
	timeout: 60_000,
	maxAnswerBytes: 1_000,
	allowUnauthorizedCerts: false,
};

/** Sends over a way out that ends only when it is told to, or after three times the limit. */
async function send(
	progress: RequestProgress,
	signal = new AbortController().signal,
	atEnd: () => void = () => undefined,
): Promise<string> {
	const limited = withConnectTimeout(async (_, ownSignal) => {
		await sleep(3 * LIMIT, undefined, { signal: ownSignal }).finally(atEnd);
		throw new Error('ended by itself');
	}, LIMIT);
	return await limited(request, signal, progress).then(
		() => 'answered',
		(error: unknown) => {
			expect(getEventListeners(signal, 'abort')).toEqual([]);
			return (error as Error).message;
		},
	);
}

it('is over while nothing can have left', async () => {
	expect(await send({ mayHaveLeft: false })).toBe(
		'crm.example.com cannot be reached: no connection within 0.05 s',
	);
});

it.each([true, undefined])('is not limited where it may have left: %s', async (mayHaveLeft) => {
	expect(await send({ mayHaveLeft })).toBe('ended by itself');
});

it('says nothing of a request that left at the last moment', async () => {
	const progress: RequestProgress = { mayHaveLeft: false };
	const text = await send(progress, undefined, () => (progress.mayHaveLeft = true));
	expect(text).not.toContain('cannot be reached');
});

it('ends when the execution is stopped', async () => {
	const stop = new AbortController();
	setTimeout(() => stop.abort(), LIMIT / 5);
	expect(await send({ mayHaveLeft: false }, stop.signal)).toMatch(/aborted/);
	expect(await send({ mayHaveLeft: false }, AbortSignal.abort())).toMatch(/aborted/);
});
