import type { BenchHost, Isolates } from '../host/host';
import { countFor, requestRate, type Message } from '../host/load';
import { ourPlace, oursIn } from '../host/profile';
import type { Fact, Reach } from '../measure/comparison';
import { inTurn, type Side } from '../measure/rounds';
import { digits } from '../report/figures';
import type { Size } from '../row';

export const AT_ONCE = 4;
/** Places of the profile in which nothing of ours may stand. */
const FIRST_PLACES = 3;

/**
 * n8n's settings, and how many short rounds: what else the machine does falls on all sides alike.
 * Without isolates n8n does the same for all triggers, so what is left is our own; with them it
 * does the same for version 1 of its Webhook node.
 */
export const SETTINGS: Record<Size, Array<{ isolates: Isolates; rounds: number }>> = {
	full: [
		{ isolates: 'none', rounds: 24 },
		{ isolates: 'eager', rounds: 5 },
		{ isolates: 'lazy', rounds: 3 },
	],
	quick: [{ isolates: 'none', rounds: 1 }],
};

const COUNTS: Record<Size, { seconds: number; bounds: [number, number]; profiled: number }> = {
	full: { seconds: 1, bounds: [16, 120], profiled: 60 },
	quick: { seconds: 0, bounds: [3, 3], profiled: 5 },
};

/** As it is named in the table. */
export const settingName = (isolates: Isolates) =>
	isolates === 'none' ? 'no isolates' : `${isolates} isolates`;

/** A bound for the setting in which n8n does the same for all triggers. */
export function withoutIsolates(isolates: Isolates, reach: Reach): { reach?: Reach } {
	return isolates === 'none' ? { reach } : {};
}

export const ABOUT_ISOLATES =
	'n8n 2.41 evaluates expressions in isolates. By default (eager) it prepares one for each execution and one more for each request of any trigger but its newest Webhook node, whether or not there is an expression; to prepare one costs it more than all else of a request. With `N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true` (lazy) it prepares one when an expression needs it, and it evaluates one at each request of a node of version 1, as its own Webhook node of version 1 is, and ours. `N8N_EXPRESSION_ENGINE=legacy` (no isolates) is its older engine: there all triggers are treated alike, and the bounds beside the newest Webhook node hold.';

/** Requests a second of each side, in short rounds in turn. */
export async function ratesOf<Name extends string>(
	messages: Record<Name, Message>,
	rounds: number,
	size: Size,
): Promise<Record<Name, number[]>> {
	const { seconds, bounds } = COUNTS[size];
	const sides = {} as Record<Name, Side>;
	for (const name of Object.keys(messages) as Name[]) {
		// Asked once before: n8n loads and compiles at first.
		await requestRate(messages[name], bounds[0], AT_ONCE);
		const count = await countFor(messages[name], seconds, AT_ONCE, bounds);
		sides[name] = async () => await requestRate(messages[name], count, AT_ONCE);
	}
	return await inTurn(rounds, sides);
}

/** Who takes the time of n8n's process while a trigger is asked. */
export async function profileFact(
	host: BenchHost,
	what: string,
	message: Message,
	size: Size,
): Promise<Fact> {
	const shares = await host.profile(async () => {
		await requestRate(message, COUNTS[size].profiled, AT_ONCE);
	});
	const first = shares
		.slice(0, FIRST_PLACES)
		.map(({ name, share }) => `${name} ${digits(share * 100)} %`);
	const place = ourPlace(shares);
	return {
		what: `${what}, ${settingName(host.isolates)}: CPU time of n8n’s process that is ours`,
		other: `first of the profile: ${first.join(', ')}`,
		value: `${digits(oursIn(shares) * 100)} %`,
		bound: `not in the first ${FIRST_PLACES}`,
		holds: place === 0 || place > FIRST_PLACES,
	};
}
