import { requestRate } from '../host/load';
import { messagesTo } from '../host/webhooks';
import { atLeast, type Comparison } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';
import { profileFact } from './row-05-exapi-trigger';

const SIZES: Record<Size, { rounds: number; answered: number; refused: number }> = {
	full: { rounds: 7, answered: 40, refused: 500 },
	quick: { rounds: 1, answered: 3, refused: 5 },
};
const AT_ONCE = 16;

export const refused: Row = {
	id: '6',
	title: 'Exapi Trigger: refused requests',
	how: `Requests with a wrong signature, and requests of a banned sender, beside requests that are answered, ${AT_ONCE} at once. A refused request gets no answer: its connection is closed, so each one needs a new connection.`,

	async measure(stage, size) {
		const host = await stage.host();
		const { rounds, answered, refused: count } = SIZES[size];
		const messages = messagesTo(host.n8n.url);
		// The second failure bans.
		await requestRate(messages.banned, 4, 1);
		const before = [await host.executions('exapi-trigger-banning')];
		const figures = await inTurn(rounds, {
			answered: async () => await requestRate(messages.exapi, answered, AT_ONCE),
			badSignature: async () => await requestRate(messages.badSignature, count, AT_ONCE),
			refusing: async () => await requestRate(messages.refusing, count, AT_ONCE),
			banned: async () => await requestRate(messages.banned, count, AT_ONCE),
		});
		before.push(await host.executions('exapi-trigger'));
		await requestRate(messages.badSignature, count, AT_ONCE);
		const after = [
			await host.executions('exapi-trigger-banning'),
			await host.executions('exapi-trigger'),
		];
		const started = after.reduce((sum, value, index) => sum + value - (before[index] ?? 0), 0);
		const base = { unit: 'requests/s', others: figures.answered, ratio: 'faster' } as const;
		const comparisons: Comparison[] = [
			{
				...base,
				work: 'refused: wrong signature',
				other: 'answered requests',
				ours: figures.badSignature,
				reach: atLeast(50),
			},
			{
				...base,
				work: 'refused: banned',
				other: 'answered requests',
				ours: figures.banned,
				reach: atLeast(100),
			},
			{
				...base,
				work: 'refused: wrong signature',
				other: 'refused by the Webhook node’s list of addresses',
				ours: figures.badSignature,
				others: figures.refusing,
			},
		];
		return {
			comparisons,
			facts: [
				await profileFact(host, 'exapiTrigger', async () => {
					await requestRate(messages.badSignature, count, AT_ONCE);
				}),
				{
					what: 'executions that refused requests started',
					value: String(started),
					bound: '= 0',
					holds: started === 0,
				},
			],
		};
	},
};
