import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import type { Timed } from '../engine/process';
import { atLeast, type Comparison } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';
import { CONCURRENCY } from './row-01-order-create';

interface Setting {
	orders: number;
	answerTime: number;
	rounds: number;
	share: number;
}

const SETTINGS: Record<Size, Setting[]> = {
	full: [
		{ orders: 5_000, answerTime: 0, rounds: 5, share: 0.6 },
		{ orders: 2_000, answerTime: 50, rounds: 2, share: 0.95 },
	],
	quick: [{ orders: 20, answerTime: 0, rounds: 1, share: 0.6 }],
};

export const plainClient: Row = {
	id: '2',
	title: '`order.create` beside a plain program',
	how: `The same orders by a loop of axios over ${CONCURRENCY} kept connections in the same Node, which signs, verifies and reads, and has no items, no n8n around it and nothing to tell when something fails.`,

	async measure(stage, size) {
		const comparisons: Comparison[] = [];
		for (const setting of SETTINGS[size]) comparisons.push(await compare(stage, setting));
		return { comparisons, facts: [] };
	},
};

async function compare(stage: Stage, { orders, answerTime, rounds, share }: Setting) {
	const engine = await stage.engine();
	const plain = { url: stage.address.exapi.url, ...SANDBOX_PARTNER, concurrency: CONCURRENCY };
	const sides = {
		async ours() {
			await stage.prepare({ answerTime });
			const { milliseconds, items } = await stage.run('exapi-orders-mapped', 'orders', orders);
			if (items !== orders) throw new Error(`The Exapi node gave ${items} of ${orders} items`);
			return milliseconds;
		},
		async others() {
			await stage.prepare({ answerTime });
			const sent = await engine.call<Timed>('sendPlainly', { ...plain, count: orders });
			if (sent.result !== orders) throw new Error(`axios sent ${String(sent.result)} orders`);
			return sent.milliseconds;
		},
	};
	const comparison: Comparison = {
		work: `\`order.create\`, ${orders.toLocaleString('en')} orders, ${answerTime} ms, mapped`,
		other: `axios, keep-alive, ${CONCURRENCY} at once`,
		unit: 'ms',
		...(await inTurn(rounds, sides)),
		ratio: 'faster',
		reach: atLeast(share),
	};
	return comparison;
}
