import { median, noiseOf } from './statistics';

/** A bound for a ratio. */
export interface Reach {
	kind: 'atLeast' | 'atMost';
	ratio: number;
}

export const atLeast = (ratio: number): Reach => ({ kind: 'atLeast', ratio });
export const atMost = (ratio: number): Reach => ({ kind: 'atMost', ratio });

/** What the figures of both sides are. */
export type Unit = 'ms' | 'requests/s' | 'ns an item' | 'bytes an item';

/** Ours beside another side, round by round. */
export interface Comparison {
	/** What was done. */
	work: string;
	/** Who else did it. */
	other: string;
	unit: Unit;
	ours: number[];
	others: number[];
	/**
	 * What the ratio is: `faster`: how many times as fast as the other side ours is. `share`: ours
	 * ÷ the other's, as costs are compared.
	 */
	ratio: 'faster' | 'share';
	/** None: shown for context. */
	reach?: Reach;
}

/** Something that must hold besides. */
export interface Fact {
	what: string;
	/** As it is to be read. */
	value: string;
	/** What stands beside it. */
	other?: string;
	noise?: string;
	bound?: string;
	/** Left out: shown for context. */
	holds?: boolean;
}

export interface Verdict {
	/** Median of the rounds' ratios. */
	ratio: number;
	noise: number;
	/** Not missed by more than the noise; `undefined` without a reach. */
	reached: boolean | undefined;
}

/** Compares the sides round by round: what disturbs a round disturbs both. */
export function judge({ ours, others, unit, ratio, reach }: Comparison): Verdict {
	const lessIsBetter = unit !== 'requests/s';
	const ratios = ours.map((own, round) => {
		const other = others[round] ?? others.at(-1) ?? Number.NaN;
		return ratio === 'faster' && lessIsBetter ? other / own : own / other;
	});
	const middle = median(ratios);
	const noise = noiseOf(ratios);
	return { ratio: middle, noise, reached: reach && isReached(reach, middle, noise) };
}

function isReached({ kind, ratio }: Reach, measured: number, noise: number): boolean {
	return kind === 'atLeast' ? measured + noise >= ratio : measured - noise <= ratio;
}
