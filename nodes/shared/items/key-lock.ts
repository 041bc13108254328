import { PartnerError } from '../errors';

/** Waiting tasks by key, in the order they came; a key is here as long as a task of it runs. */
const lines = new Map<string, Set<() => void>>();

/**
 * Runs tasks of one key one after the other, in the order they came, within this process.
 *
 * @param signal takes a waiting task out of its line; the others keep their places
 * @returns what the task returns; an error of one task does not concern the others
 * @throws PartnerError `notSent` if the execution is stopped before the task has begun
 */
export async function exclusive<T>(
	key: string,
	task: () => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	await enter(key, signal);
	try {
		return await task();
	} finally {
		leave(key);
	}
}

/** The error of a task that has not begun when the execution is stopped. */
export function stoppedBeforeSending(): PartnerError {
	return new PartnerError('The execution was stopped', { outcome: 'notSent' });
}

async function enter(key: string, signal: AbortSignal | undefined): Promise<void> {
	if (signal?.aborted) throw stoppedBeforeSending();
	const line = lines.get(key);
	if (!line) {
		lines.set(key, new Set());
		return;
	}
	await new Promise<void>((resolve, reject) => {
		const start = () => {
			signal?.removeEventListener('abort', giveUp);
			resolve();
		};
		const giveUp = () => {
			line.delete(start);
			reject(stoppedBeforeSending());
		};
		line.add(start);
		signal?.addEventListener('abort', giveUp, { once: true });
	});
}

function leave(key: string): void {
	const line = lines.get(key);
	const [next] = line ?? [];
	if (!next) {
		lines.delete(key);
		return;
	}
	line?.delete(next);
	next();
}
