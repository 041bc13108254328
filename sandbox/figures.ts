/** How often each name came up. */
export class CountByName {
	private counts = new Map<string, number>();

	count(name: string): void {
		this.counts.set(name, this.of(name) + 1);
	}

	of(name: string): number {
		return this.counts.get(name) ?? 0;
	}

	all(): Record<string, number> {
		return Object.fromEntries(this.counts);
	}

	reset(): void {
		this.counts = new Map();
	}
}

/** The greatest number of things under way at once with any one name. */
export class MostAtOnce {
	private readonly underWay = new Map<string, number>();
	private greatest = 0;

	/** @returns to be called when the thing is over; more than once does no harm */
	begin(name: string): () => void {
		const now = (this.underWay.get(name) ?? 0) + 1;
		this.underWay.set(name, now);
		this.greatest = Math.max(this.greatest, now);
		let isOver = false;
		return () => {
			if (isOver) return;
			isOver = true;
			const left = (this.underWay.get(name) ?? 0) - 1;
			if (left > 0) this.underWay.set(name, left);
			else this.underWay.delete(name);
		};
	}

	get most(): number {
		return this.greatest;
	}

	/** What is under way stays counted. */
	reset(): void {
		this.greatest = Math.max(0, ...this.underWay.values());
	}
}
