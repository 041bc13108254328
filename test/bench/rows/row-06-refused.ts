import { messagesTo } from '../host/webhooks';
import { atLeast, type Comparison, type Fact } from '../measure/comparison';
import { requestRate } from '../host/load';
import type { Row, Size } from '../row';
import { profileFact, ratesOf, SETTINGS, settingName } from './triggers';

/** Fewer than where answered requests are compared. */
const MOST_ROUNDS: Record<Size, number> = { full: 8, quick: 1 };

export const refused: Row = {
	id: '6',
	title: 'Exapi Trigger: refused requests',
	how: 'Requests with a wrong signature, and requests of a banned sender, beside requests that are answered. A refused request gets no answer: its connection is closed, so each one needs a new connection. The bound is the least that n8n does for a request that starts nothing: version 1 of its Webhook node, which refuses by a list of addresses. What a refused request costs is n8n’s: before a trigger is asked, n8n has read the workflow from its database.',

	async measure(stage, size) {
		const comparisons: Comparison[] = [];
		const facts: Fact[] = [];
		for (const { isolates, rounds } of SETTINGS[size].slice(0, 2)) {
			const host = await stage.host(isolates);
			const { exapi, badSignature, banned, refusing } = messagesTo(host.n8n.url);
			// The second failure bans; bans are in the memory of the process.
			await requestRate(banned, 3, 1);
			const executions = await host.executions('exapi-trigger-banning');
			const sides = { exapi, badSignature, banned, refusing };
			const rates = await ratesOf(sides, Math.min(rounds, MOST_ROUNDS[size]), size);
			const beside = (work: string, ours: number[]): Comparison => ({
				work: `refused: ${work}, ${settingName(isolates)}`,
				other: 'answered requests',
				unit: 'requests/s',
				ours,
				others: rates.exapi,
				ratio: 'faster',
			});
			const asQuickAsN8n = (work: string, ours: number[]): Comparison => ({
				...beside(work, ours),
				other: 'refused by the Webhook node’s list of addresses',
				others: rates.refusing,
				// Ours closes the connection, so that each needs a new one.
				reach: atLeast(0.8),
			});
			comparisons.push(
				beside('wrong signature', rates.badSignature),
				beside('banned', rates.banned),
				asQuickAsN8n('wrong signature', rates.badSignature),
				asQuickAsN8n('banned', rates.banned),
			);
			const before = await host.executions('exapi-trigger');
			facts.push(await profileFact(host, 'refused', badSignature, size));
			const started =
				(await host.executions('exapi-trigger')) -
				before +
				(await host.executions('exapi-trigger-banning')) -
				executions;
			facts.push({
				what: 'executions that refused requests started',
				value: String(started),
				bound: '= 0',
				holds: started === 0,
			});
		}
		return { comparisons, facts };
	},
};
