import type { Timed } from '../engine/process';
import { atMost } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';

const SIZES: Record<Size, { rounds: number; orders: number }> = {
	full: { rounds: 9, orders: 100_000 },
	quick: { rounds: 2, orders: 50 },
};

export const statusAnswer: Row = {
	id: '10',
	title: 'Reading a large answer of `order.getStatusChanges`',
	how: 'From the bytes of the HTTP body to the fields of the items, a call with its date in each order. The other side does what no reader can leave out: it parses the envelope, takes the md5 of the signed text, and parses that.',

	async measure(stage, size) {
		const { rounds, orders } = SIZES[size];
		const engine = await stage.engine();
		const bytes = await engine.call<number>('writeStatusAnswer', { orders });
		const timed = (name: string) => async () => {
			const { milliseconds, result } = await engine.call<Timed>(name);
			if (result !== orders) throw new Error(`${name} read ${String(result)} of ${orders} orders`);
			return milliseconds;
		};
		const { ours, others } = await inTurn(rounds, {
			ours: timed('readStatusAnswer'),
			others: timed('parseStatusAnswer'),
		});
		const size16 = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
		return {
			comparisons: [
				{
					work: `reading ${size16}, ${orders.toLocaleString('en')} orders`,
					other: '`JSON.parse` and md5 of the same bytes',
					unit: 'ms',
					ours,
					others,
					ratio: 'share',
					reach: atMost(3),
				},
			],
			facts: [],
		};
	},
};
