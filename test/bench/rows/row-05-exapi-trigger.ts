import { requestRate } from '../host/load';
import { ourPlace, oursIn } from '../host/profile';
import { messagesTo } from '../host/webhooks';
import { atLeast, type Comparison, type Fact } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import { digits } from '../report/figures';
import type { Row, Size } from '../row';
import type { BenchHost } from '../host/host';

/** Many short rounds: what else the machine does falls on all sides alike. */
export const TRIGGER_SIZES: Record<Size, { rounds: number; requests: number }> = {
	full: { rounds: 20, requests: 24 },
	quick: { rounds: 1, requests: 3 },
};
export const AT_ONCE = 4;
const PROFILED_REQUESTS: Record<Size, number> = { full: 200, quick: 5 };
/** Places of the profile in which nothing of ours may stand. */
const FIRST_PLACES = 3;

export const exapiTrigger: Row = {
	id: '5',
	title: 'Exapi Trigger',
	how: `Requests to a real n8n in regular mode, ${AT_ONCE} at once, each of which is an execution that one Edit Fields node answers. Beside the trigger: a plain Webhook node with the same node behind it, and the chain Webhook → Crypto → IF → Edit Fields → Crypto → Respond to Webhook, which verifies and signs. Many short rounds in turn.`,

	async measure(stage, size) {
		const host = await stage.host();
		const { rounds, requests } = TRIGGER_SIZES[size];
		const { plain, plain1, exapi, verified } = messagesTo(host.n8n.url);
		const rate = (message: typeof plain) => async () =>
			await requestRate(message, requests, AT_ONCE);
		const sides = {
			plain: rate(plain),
			plain1: rate(plain1),
			ours: rate(exapi),
			verified: rate(verified),
		};
		await inTurn(1, sides);
		const figures = await inTurn(rounds, sides);
		const base = {
			work: '`exapiTrigger`, last node',
			unit: 'requests/s',
			ours: figures.ours,
			ratio: 'faster',
		} satisfies Partial<Comparison>;
		return {
			comparisons: [
				{ ...base, other: 'plain Webhook node', others: figures.plain, reach: atLeast(0.95) },
				{ ...base, other: 'plain Webhook node, version 1', others: figures.plain1 },
				{
					...base,
					other: 'chain that verifies and signs',
					others: figures.verified,
					reach: atLeast(1.1),
				},
			],
			facts: [
				await profileFact(host, 'exapiTrigger', async () => {
					await requestRate(exapi, PROFILED_REQUESTS[size], AT_ONCE);
				}),
			],
		};
	},
};

/** Who takes n8n's time while a trigger is asked. */
export async function profileFact(
	host: BenchHost,
	trigger: string,
	ask: () => Promise<void>,
): Promise<Fact> {
	const shares = await host.profile(ask);
	const first = shares
		.slice(0, FIRST_PLACES)
		.map(({ name, share }) => `${name} ${digits(share * 100)} %`);
	const place = ourPlace(shares);
	return {
		what: `\`${trigger}\`: CPU time of n8n’s process that is ours`,
		other: `first of the profile: ${first.join(', ')}`,
		value: `${digits(oursIn(shares) * 100)} %`,
		bound: `not in the first ${FIRST_PLACES}`,
		holds: place === 0 || place > FIRST_PLACES,
	};
}
