import { createHash } from 'node:crypto';
import { SANDBOX_DISTRIBUTOR } from '../../../sandbox/elektrik';
import { atLeast } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';

const SIZES: Record<Size, { rounds: number; warmRounds: number; items: number; chained: number }> =
	{
		full: { rounds: 1, warmRounds: 5, items: 100_000, chained: 10_000 },
		quick: { rounds: 1, warmRounds: 2, items: 50, chained: 50 },
	};

/** The hash of the phone that is the last of so many items: everything is looked at. */
function lastHash(items: number): string {
	const phone = `7${9_000_000_000 + items - 1}`;
	return createHash('md5')
		.update(phone + SANDBOX_DISTRIBUTOR.uid)
		.digest('hex');
}

export const userFind: Row = {
	id: '9',
	title: '`user.find`',
	how: 'The phone looked for is that of the last item. The chain hashes clean numbers by the Crypto node and compares by the Filter node; the Elektrik.ru node gets numbers as people type them. The chain takes more than a millisecond an item: it gets fewer items, one round, and is compared by the item.',

	async measure(stage, size) {
		const { rounds, warmRounds, items, chained } = SIZES[size];
		const wanted = { WANTED: lastHash(items) };
		const node = async () => {
			const run = await stage.run('elektrik-find', 'phonesAsTyped', items, { replace: wanted });
			if (run.last?.exist !== true) throw new Error('user.find did not find the last item');
			return run.milliseconds;
		};
		const { chain } = await inTurn(rounds, {
			chain: async () => {
				const replace = { WANTED: lastHash(chained) };
				const run = await stage.run('elektrik-find-filter', 'cleanPhones', chained, { replace });
				if (run.items !== 1) throw new Error(`The chain found ${run.items} items instead of one`);
				return (run.milliseconds * items) / chained;
			},
		});
		const { ours } = await inTurn(warmRounds, { ours: node });
		return {
			comparisons: [
				{
					work: `\`user.find\` over ${items.toLocaleString('en')} items`,
					other: `Crypto and Filter nodes (${chained.toLocaleString('en')}, by the item)`,
					unit: 'ms',
					ours,
					others: chain,
					ratio: 'faster',
					reach: atLeast(10),
				},
			],
			facts: [],
		};
	},
};
