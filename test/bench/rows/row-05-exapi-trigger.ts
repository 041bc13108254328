import { messagesTo } from '../host/webhooks';
import { atLeast, type Comparison, type Fact } from '../measure/comparison';
import type { Row } from '../row';
import {
	ABOUT_ISOLATES,
	AT_ONCE,
	profileFact,
	ratesOf,
	SETTINGS,
	settingName,
	withoutIsolates,
} from './triggers';

export const exapiTrigger: Row = {
	id: '5',
	title: 'Exapi Trigger',
	how: `Requests to a real n8n in regular mode, ${AT_ONCE} at once, each of which is an execution that one Edit Fields node answers. Beside the trigger: a plain Webhook node with the same node behind it, and the chain Webhook → Crypto → IF → Edit Fields → Crypto → Respond to Webhook, which verifies and signs. Many short rounds in turn. ${ABOUT_ISOLATES}`,

	async measure(stage, size, progress) {
		const comparisons: Comparison[] = [];
		const facts: Fact[] = [];
		for (const { isolates, rounds } of SETTINGS[size]) {
			progress(`  ${settingName(isolates)}`);
			const host = await stage.host(isolates);
			const { plain, plain1, exapi, verified } = messagesTo(host.n8n.url);
			const rates = await ratesOf({ plain, plain1, exapi, verified }, rounds, size);
			const beside = (other: string, others: number[]): Comparison => ({
				work: `\`exapiTrigger\`, last node, ${settingName(isolates)}`,
				other,
				unit: 'requests/s',
				ours: rates.exapi,
				others,
				ratio: 'faster',
			});
			comparisons.push(
				{
					...beside('plain Webhook node', rates.plain),
					...withoutIsolates(isolates, atLeast(0.95)),
				},
				{ ...beside('plain Webhook node, version 1', rates.plain1), reach: atLeast(0.95) },
				{
					...beside('chain that verifies and signs', rates.verified),
					...withoutIsolates(isolates, atLeast(1.1)),
				},
			);
			facts.push(await profileFact(host, '`exapiTrigger`', exapi, size));
		}
		return { comparisons, facts };
	},
};
