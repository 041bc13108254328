const tails = new Map<string, Promise<void>>();

/**
 * Runs tasks of one key one after the other, in the order they came, within this process.
 *
 * @returns what the task gives; an error of one task is no other's business
 */
export async function exclusive<T>(key: string, task: () => Promise<T>): Promise<T> {
	const before = tails.get(key) ?? Promise.resolve();
	const running = before.then(task);
	const tail = running.then(
		() => undefined,
		() => undefined,
	);
	tails.set(key, tail);
	try {
		return await running;
	} finally {
		if (tails.get(key) === tail) tails.delete(key);
	}
}
