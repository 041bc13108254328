import { SANDBOX_DISTRIBUTOR } from '../../../sandbox/elektrik';
import type { Timed } from '../engine/process';
import { atLeast, atMost, type Comparison } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

const SIZES: Record<Size, { rounds: number; phones: number; cryptoPhones: number }> = {
	full: { rounds: 4, phones: 1_000_000, cryptoPhones: 30_000 },
	quick: { rounds: 2, phones: 200, cryptoPhones: 20 },
};
const NS = 1e6;
const { uid } = SANDBOX_DISTRIBUTOR;

export const phoneHash: Row = {
	id: '8',
	title: '`phone.hash`',
	how: 'The Elektrik.ru node hashes phones as people type them, in n8n’s engine. Beside it: a loop that calls `crypto.hash` for numbers that are clean already and makes no items at all; n8n’s Crypto node, which gets clean numbers as well. What the output weighs is compared with the same items made by hand, both after a garbage collection.',

	async measure(stage, size) {
		const { rounds, phones, cryptoPhones } = SIZES[size];
		const engine = await stage.engine();
		const figures = await inTurn(rounds, {
			node: async () => {
				const { nodes } = await stage.run('elektrik-hash', 'phonesAsTyped', phones);
				return ((nodes['Partner exchange'] ?? 0) * NS) / phones;
			},
			loop: async () => {
				const { milliseconds } = await engine.call<Timed>('hashPlainly', { count: phones, uid });
				return (milliseconds * NS) / phones;
			},
		});
		const { nodes } = await stage.run('elektrik-hash-crypto', 'cleanPhones', cryptoPhones);
		const crypto = ((nodes.Hash ?? 0) * NS) / cryptoPhones;
		const base = { work: `\`phone.hash\`, ${phones.toLocaleString('en')} phones` };
		return {
			comparisons: [
				{
					...base,
					other: '`crypto.hash` in a loop',
					unit: 'ns an item',
					ours: figures.node,
					others: figures.loop,
					ratio: 'faster',
					reach: atLeast(0.4),
				},
				{
					...base,
					other: `n8n’s Crypto node (${cryptoPhones.toLocaleString('en')})`,
					unit: 'ns an item',
					ours: figures.node,
					others: [crypto],
					ratio: 'faster',
					reach: atLeast(200),
				},
				await memory(stage, phones),
			],
			facts: [],
		};
	},
};

async function memory(stage: Stage, phones: number): Promise<Comparison> {
	const engine = await stage.newEngine();
	try {
		const weighed = await engine.call<{ kept: number }>('weighHashes', { count: phones, uid });
		const run = await stage.run('elektrik-hash', 'phonesAsTyped', phones, { engine });
		return {
			work: '`phone.hash`, memory kept',
			other: 'the items themselves',
			unit: 'bytes an item',
			ours: [run.memory.kept / phones],
			others: [weighed.kept / phones],
			ratio: 'share',
			// n8n keeps what the first node gave out in its record of the run, as it does for any node.
			reach: atMost(1.5),
		};
	} finally {
		await engine.stop();
	}
}
