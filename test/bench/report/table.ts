import { judge, type Comparison, type Fact, type Reach } from '../measure/comparison';
import type { Row, RowOutcome } from '../row';
import { digits, medianFigure } from './figures';

/** A row with what came of it; an error where it could not be measured. */
export interface Measured {
	row: Row;
	outcome: RowOutcome | Error;
}

export const HEAD = [
	'#',
	'Work',
	'Compared with',
	'Ours',
	'Theirs',
	'Ratio',
	'Noise',
	'Target',
	'',
];

/** The table as rows of cells, without its head. */
export function tableRows(measured: readonly Measured[]): string[][] {
	return measured.flatMap(({ row, outcome }) => {
		if (outcome instanceof Error) {
			return [[row.id, row.title, '', '', '', '', '', '', 'FAILED']];
		}
		return [
			...outcome.comparisons.map((comparison) => comparisonRow(row.id, comparison)),
			...outcome.facts.map((fact) => factRow(row.id, fact)),
		];
	});
}

/** Whether every row was measured and none misses its target by more than the noise. */
export function allReached(measured: readonly Measured[]): boolean {
	return measured.every(
		({ outcome }) =>
			!(outcome instanceof Error) &&
			outcome.comparisons.every((comparison) => judge(comparison).reached !== false) &&
			outcome.facts.every(({ holds }) => holds !== false),
	);
}

function comparisonRow(id: string, comparison: Comparison): string[] {
	const { work, other, unit, ours, others, reach } = comparison;
	const { ratio, noise, reached } = judge(comparison);
	return [
		id,
		work,
		other,
		medianFigure(ours, unit),
		medianFigure(others, unit),
		`${digits(ratio)} ×`,
		ours.length > 1 ? `± ${digits(noise)}` : '–',
		reach ? reachText(reach) : '–',
		mark(reached),
	];
}

function factRow(id: string, { what, other, value, noise, bound, holds }: Fact): string[] {
	return [id, what, other ?? '', value, '', '', noise ?? '', bound ?? '', mark(holds)];
}

function reachText({ kind, ratio }: Reach): string {
	return `${kind === 'atLeast' ? '≥' : '≤'} ${ratio} ×`;
}

function mark(reached: boolean | undefined): string {
	if (reached === undefined) return '';
	return reached ? 'met' : 'MISSED';
}
