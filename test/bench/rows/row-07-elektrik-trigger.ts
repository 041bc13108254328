import { requestRate } from '../host/load';
import { messagesTo } from '../host/webhooks';
import { atLeast, type Comparison } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row } from '../row';
import { AT_ONCE, profileFact, TRIGGER_SIZES } from './row-05-exapi-trigger';

export const elektrikTrigger: Row = {
	id: '7',
	title: 'Elektrik Trigger',
	how: 'As row 5: the portal’s question by JSON and by SOAP, one Edit Fields node behind the trigger, beside a plain Webhook node with the same node behind it.',

	async measure(stage, size) {
		const host = await stage.host();
		const { rounds, requests } = TRIGGER_SIZES[size];
		const { plain, plain1, elektrikJson, elektrikSoap } = messagesTo(host.n8n.url);
		const rate = (message: typeof plain) => async () =>
			await requestRate(message, requests, AT_ONCE);
		const sides = {
			plain: rate(plain),
			plain1: rate(plain1),
			json: rate(elektrikJson),
			soap: rate(elektrikSoap),
		};
		await inTurn(1, sides);
		const figures = await inTurn(rounds, sides);
		const base = {
			other: 'plain Webhook node',
			unit: 'requests/s',
			others: figures.plain,
			ratio: 'faster',
		} satisfies Partial<Comparison>;
		const first = { ...base, other: 'plain Webhook node, version 1', others: figures.plain1 };
		return {
			comparisons: [
				{ ...first, work: '`elektrikTrigger`, JSON', ours: figures.json },
				{ ...first, work: '`elektrikTrigger`, SOAP', ours: figures.soap },
				{ ...base, work: '`elektrikTrigger`, JSON', ours: figures.json, reach: atLeast(0.95) },
				{ ...base, work: '`elektrikTrigger`, SOAP', ours: figures.soap, reach: atLeast(0.9) },
			],
			facts: [
				await profileFact(host, 'elektrikTrigger', async () => {
					await requestRate(elektrikSoap, size === 'full' ? 200 : 5, AT_ONCE);
				}),
			],
		};
	},
};
