const nothing = (): void => undefined;

/** Runs tasks of one key one after another, and those of different keys at once. */
export class Turns {
	private readonly tails = new Map<string, Promise<void>>();

	async take<T>(key: string, task: () => Promise<T>): Promise<T> {
		const run = (this.tails.get(key) ?? Promise.resolve()).then(task);
		const tail = run.then(nothing, nothing);
		this.tails.set(key, tail);
		// An idle key is not kept: strangers choose how many there are.
		void tail.then(() => this.tails.get(key) === tail && this.tails.delete(key));
		return await run;
	}
}
