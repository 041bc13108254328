import { messagesTo } from '../host/webhooks';
import { atLeast, type Comparison, type Fact } from '../measure/comparison';
import type { Row, Size } from '../row';
import { profileFact, ratesOf, SETTINGS, settingName, withoutIsolates } from './triggers';

const MOST_ROUNDS: Record<Size, number> = { full: 8, quick: 1 };

export const elektrikTrigger: Row = {
	id: '7',
	title: 'Elektrik.ru Trigger',
	how: 'As row 5: the portal’s question by JSON and by SOAP, one Edit Fields node behind the trigger, beside a plain Webhook node with the same node behind it.',

	async measure(stage, size) {
		const comparisons: Comparison[] = [];
		const facts: Fact[] = [];
		// In the other order than the row before: n8n has to start once less.
		for (const { isolates, rounds } of SETTINGS[size].slice(0, 2).toReversed()) {
			const host = await stage.host(isolates);
			const { plain, plain1, elektrikJson, elektrikSoap } = messagesTo(host.n8n.url);
			const sides = { plain, plain1, elektrikJson, elektrikSoap };
			const rates = await ratesOf(sides, Math.min(rounds, MOST_ROUNDS[size]), size);
			const beside = (protocol: string, ours: number[], share: number): Comparison[] => {
				const comparison: Comparison = {
					work: `\`elektrikTrigger\`, ${protocol}, ${settingName(isolates)}`,
					other: 'plain Webhook node',
					unit: 'requests/s',
					ours,
					others: rates.plain,
					ratio: 'faster',
				};
				return [
					{ ...comparison, ...withoutIsolates(isolates, atLeast(share)) },
					{
						...comparison,
						other: 'plain Webhook node, version 1',
						others: rates.plain1,
						reach: atLeast(share),
					},
				];
			};
			comparisons.push(...beside('JSON', rates.elektrikJson, 0.95));
			comparisons.push(...beside('SOAP', rates.elektrikSoap, 0.9));
			facts.push(await profileFact(host, '`elektrikTrigger`', elektrikSoap, size));
		}
		return { comparisons, facts };
	},
};
