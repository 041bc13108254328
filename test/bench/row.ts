import type { Comparison, Fact } from './measure/comparison';
import type { Progress, Stage } from './stage';

/** `full`: what the documentation shows. `quick`: only whether the bench itself works. */
export type Size = 'full' | 'quick';

/** How growth is shown: a line of points. */
export interface GrowthLine {
	name: string;
	points: Array<{ count: number; milliseconds: number; peakBytes: number }>;
}

/** What scaling is reckoned from; rates in orders a second, CPU times in milliseconds an order. */
export interface QueueFigures {
	/** In regular mode. */
	regular: number;
	settings: Array<{
		webhooks: number;
		workers: number;
		rate: number;
		/** `all`: of the whole machine without the bench itself. */
		cpu: { main: number; webhooks: number; workers: number; all: number };
	}>;
	/** Memory of a connection that is open and idle. */
	connectionBytes: number;
}

export interface RowOutcome {
	comparisons: Comparison[];
	facts: Fact[];
	growth?: GrowthLine[];
	queue?: QueueFigures;
}

/** One row of the table. */
export interface Row {
	/** As in the documentation. */
	id: string;
	title: string;
	/** Says below the table how it is measured, in Markdown. */
	how: string;
	measure(stage: Stage, size: Size, progress: Progress): Promise<RowOutcome>;
}
