/**
 * How far a poll trigger may forget. n8n saves a trigger's static data and creates the execution
 * independently of each other: when it dies between the two, what was emitted is gone. So what is
 * saved lags behind what was emitted, by at least one poll and one minute: after a restart the last
 * batch is emitted again, and none is lost. While n8n runs, what was emitted is kept in memory and
 * not emitted twice.
 */
export interface Mark<Position> {
	position: Position;
	/** When it was reached, in milliseconds. */
	at: number;
}

const LAG_MILLISECONDS = 60_000;

/** The marks of polls, oldest first. */
export class LaggingMarks<Position> {
	private marks: Array<Mark<Position>> = [];

	/**
	 * The latest position that may be saved; those before it are forgotten.
	 *
	 * @returns `undefined` when none is old enough
	 */
	settle(now: number): Position | undefined {
		const settled = this.marks.filter(({ at }) => now - at >= LAG_MILLISECONDS);
		this.marks = this.marks.slice(settled.length);
		return settled.at(-1)?.position;
	}

	/** To be called after {@link settle}: what this poll reached waits for a later one. */
	reach(position: Position, now: number): void {
		this.marks.push({ position, at: now });
	}
}
