import { atLeast, type Comparison } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

const SIZES: Record<Size, { rounds: number; records: number }> = {
	full: { rounds: 2, records: 10_000 },
	quick: { rounds: 1, records: 250 },
};

export const recordGetAll: Row = {
	id: '13',
	title: '`record.getAll`',
	how: 'All clients of a CRM, every field of them, in pages of the 100 that a vtiger gives at once. Beside the node: built-in nodes that log in, page by the pagination of HTTP Request, give an item for each record by Split Out, and write its two times with the offset and the address of its page by Edit Fields, as the node does. The second line leaves Edit Fields out, and every value as the text that came: there both sides mostly wait for the CRM.',

	async measure(stage, size) {
		const { rounds, records } = SIZES[size];
		await stage.prepare({ records });
		const side = (name: string) => async () => await readAll(stage, name, records);
		const figures = await inTurn(rounds, {
			ours: side('clientright-records'),
			converted: side('clientright-records-converted'),
			paged: side('clientright-records-paged'),
		});
		const base = {
			work: `\`record.getAll\`, ${records.toLocaleString('en')} records`,
			unit: 'ms',
			ours: figures.ours,
			ratio: 'faster',
		} satisfies Partial<Comparison>;
		return {
			comparisons: [
				{
					...base,
					other: 'HTTP Request with pagination, Edit Fields',
					others: figures.converted,
					reach: atLeast(3),
				},
				{ ...base, other: 'HTTP Request with pagination alone', others: figures.paged },
			],
			facts: [],
		};
	},
};

/** @throws Error when not every record came */
async function readAll(stage: Stage, name: string, records: number): Promise<number> {
	const { milliseconds, items } = await stage.run(name, 'nothing', 1);
	if (items !== records) throw new Error(`${name} gave ${items} of ${records} records`);
	return milliseconds;
}
