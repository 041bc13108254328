import type { Fact } from '../measure/comparison';
import { growthExponent } from '../measure/statistics';
import { digits } from '../report/figures';
import type { SampleKind } from '../engine/samples';
import type { GrowthLine, Row, Size } from '../row';
import type { Stage } from '../stage';

const COUNTS: Record<Size, number[]> = {
	full: [100, 1_000, 10_000, 100_000],
	quick: [10, 100],
};
/** Below, what an execution costs by itself hides what its items cost. */
const FITTED_FROM: Record<Size, number> = { full: 1_000, quick: 10 };
const MOST = 1.1;

const LINES: ReadonlyArray<{ name: string; workflow: string; kind: SampleKind }> = [
	{ name: 'order.create', workflow: 'exapi-orders-mapped', kind: 'orders' },
	{ name: 'order.getStatus', workflow: 'exapi-status', kind: 'orderIds' },
	{ name: 'phone.hash', workflow: 'elektrik-hash', kind: 'phonesAsTyped' },
];

export const growth: Row = {
	id: 'growth',
	title: 'How cost grows',
	how: 'Each point in an n8n engine of its own, warmed up with 100 items. The power of the number of items that fits the times best, from 1,000 items on: 1 is linear. Peak memory is what the process had at most above what it had before.',

	async measure(stage, size, progress) {
		const lines: GrowthLine[] = [];
		for (const line of LINES) {
			const points: GrowthLine['points'] = [];
			for (const count of COUNTS[size]) {
				progress(`  ${line.name}, ${count}`);
				points.push({ count, ...(await point(stage, line, count)) });
			}
			lines.push({ name: line.name, points });
		}
		return { comparisons: [], facts: lines.map((line) => fit(line, size)), growth: lines };
	},
};

async function point(
	stage: Stage,
	{ workflow, kind }: (typeof LINES)[number],
	count: number,
): Promise<{ milliseconds: number; peakBytes: number }> {
	const engine = await stage.newEngine();
	try {
		await stage.prepare({ orders: kind === 'orderIds' ? count : 0 });
		await stage.run(workflow, kind, Math.min(count, 100), { engine });
		const { milliseconds, items, memory } = await stage.run(workflow, kind, count, { engine });
		if (items !== count) throw new Error(`${workflow} gave ${items} of ${count} items`);
		return { milliseconds, peakBytes: Math.max(0, memory.peak - memory.peakBefore) };
	} finally {
		await engine.stop();
	}
}

function fit({ name, points }: GrowthLine, size: Size): Fact {
	const fitted = points.filter(({ count }) => count >= FITTED_FROM[size]);
	const exponent = growthExponent(
		fitted.map(({ count, milliseconds }) => ({ count, cost: milliseconds })),
	);
	return {
		what: `\`${name}\`: time grows as items to the power of`,
		value: digits(exponent),
		bound: `≤ ${MOST}`,
		...(size === 'full' ? { holds: exponent <= MOST } : {}),
	};
}
