import type { CrmFigures } from '../partners/process';
import { atLeast } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

const SIZES: Record<Size, { rounds: number; orders: number; chained: number }> = {
	full: { rounds: 5, orders: 10_000, chained: 3_000 },
	quick: { rounds: 1, orders: 120, chained: 20 },
};
const BATCH = 100;

export const orderStatus: Row = {
	id: '3',
	title: '`order.getStatus`',
	how: 'Mapped, a hundred orders a request, as the node has it by default. The chain asks for each order by itself and takes some milliseconds for each: it gets fewer orders, one round, and is compared by the order.',

	async measure(stage, size) {
		const { rounds, orders, chained } = SIZES[size];
		// Not measured: loads the nodes on both sides.
		for (const name of ['exapi-status', 'exapi-status-chain']) await ask(stage, name, 20);
		const chain = ((await ask(stage, 'exapi-status-chain', chained)) * orders) / chained;
		const { ours } = await inTurn(rounds, {
			ours: async () => await ask(stage, 'exapi-status', orders),
		});
		const { requests } = await stage.partners.call<CrmFigures>('exapi');
		const expected = Math.ceil(orders / BATCH);
		return {
			comparisons: [
				{
					work: `\`order.getStatus\`, ${orders.toLocaleString('en')} orders, mapped`,
					other: `chain of built-in nodes, a call an order (${chained.toLocaleString('en')})`,
					unit: 'ms',
					ours,
					others: [chain],
					ratio: 'faster',
					reach: atLeast(50),
				},
			],
			facts: [
				{
					what: `requests for ${orders.toLocaleString('en')} orders`,
					value: String(requests),
					bound: `= ${expected}`,
					holds: requests === expected,
				},
			],
		};
	},
};

async function ask(stage: Stage, name: string, orders: number): Promise<number> {
	await stage.prepare({ orders });
	const { milliseconds, items, last } = await stage.run(name, 'orderIds', orders);
	if (items !== orders || last?.status !== 'pending') {
		throw new Error(`${name} gave ${items} of ${orders} orders`);
	}
	return milliseconds;
}
