import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
	BanList,
	MAX_SECONDS,
	type BanRules,
	type FailureSource,
} from '../../../nodes/Exapi/server/bans';
import { thorough } from '../../extent';

const RULES: BanRules = { maxFailures: 3, windowSeconds: 60, banSeconds: 60 };
const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.4';
const partner = (network = HERE, sender = 'partner_7'): FailureSource => ({ network, sender });
const nobody = (network = HERE): FailureSource => ({ network, sender: undefined });

const bansWith = (rules: Partial<BanRules> = {}) => new BanList('test', { ...RULES, ...rules });

async function fail(bans: BanList, source: FailureSource, times: number): Promise<void> {
	for (let failure = 0; failure < times; failure++) await bans.recordFailure(source);
}

describe('BanList', () => {
	it.each([1, 2, 3, 5, 100])(
		'bans a sender at failure %i if that is the limit',
		async (maxFailures) => {
			const bans = bansWith({ maxFailures });
			await fail(bans, partner(), maxFailures - 1);
			expect(await bans.isBanned(partner())).toBe(false);
			await bans.recordFailure(partner());
			expect(await bans.isBanned(partner())).toBe(true);
		},
	);

	it('bans a sender if all requests fail at the same time', async () => {
		const bans = bansWith();
		await Promise.all(Array.from({ length: 50 }, async () => await bans.recordFailure(partner())));
		expect(await bans.isBanned(partner())).toBe(true);
	});

	it('bans a partner only at the address where it failed', async () => {
		const bans = bansWith();
		await fail(bans, partner(), 3);
		expect(await bans.isBanned(partner())).toBe(true);
		expect(await bans.isBanned(partner(ELSEWHERE))).toBe(false);
		expect(await bans.isBanned(partner(HERE, 'partner_8'))).toBe(false);
		expect(await bans.isBanned(nobody())).toBe(false);
	});

	it('bans unknown senders, but not partners, at an address', async () => {
		const bans = bansWith();
		await fail(bans, nobody(), 3);
		expect(await bans.isBanned(nobody())).toBe(true);
		expect(await bans.isBanned(nobody(ELSEWHERE))).toBe(false);
		expect(await bans.isBanned(partner())).toBe(false);
	});

	it('separates the bans of two triggers', async () => {
		const [one, other] = [new BanList('one', RULES), new BanList('other', RULES)];
		await fail(one, partner(), 3);
		expect(await other.isBanned(partner())).toBe(false);
	});

	it('lifts a ban and then counts failures from zero', async () => {
		const bans = bansWith({ banSeconds: 1 });
		await fail(bans, partner(), 3);
		expect(await bans.isBanned(partner())).toBe(true);
		await sleep(1_100);
		expect(await bans.isBanned(partner())).toBe(false);
		await fail(bans, partner(), 2);
		expect(await bans.isBanned(partner())).toBe(false);
		await bans.recordFailure(partner());
		expect(await bans.isBanned(partner())).toBe(true);
	});

	it('bans for longer than the window, without extending the ban for further failures', async () => {
		const bans = bansWith({ windowSeconds: 1, banSeconds: 2 });
		await fail(bans, partner(), 3);
		await sleep(1_200);
		expect(await bans.isBanned(partner())).toBe(true);
		await bans.recordFailure(partner());
		await sleep(1_000);
		expect(await bans.isBanned(partner())).toBe(false);
	});

	it('does not count failures together that are further apart than the window', async () => {
		const bans = bansWith({ windowSeconds: 1 });
		await fail(bans, partner(), 2);
		await sleep(1_100);
		await fail(bans, partner(), 2);
		expect(await bans.isBanned(partner())).toBe(false);
	});

	it('bans for the longest allowed time', async () => {
		const bans = bansWith({ windowSeconds: MAX_SECONDS, banSeconds: MAX_SECONDS });
		await fail(bans, partner(), 2);
		await sleep(20);
		await bans.recordFailure(partner());
		await sleep(20);
		expect(await bans.isBanned(partner())).toBe(true);
	});
});

describe('the memory of BanList', () => {
	thorough(
		'keeps at most 100,000 sources and drops the oldest first',
		async () => {
			const bans = bansWith({ maxFailures: 1 });
			const address = (index: number) =>
				nobody(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
			const meet = async (from: number, to: number) => {
				for (let index = from; index < to; index++) await bans.recordFailure(address(index));
			};
			await meet(0, 100_000);
			expect(await bans.isBanned(address(0))).toBe(true);
			// One that fails again is young again.
			await bans.recordFailure(address(1));
			const before = memoryInUse();
			await meet(100_000, 101_000);
			const banned = async (index: number) => await bans.isBanned(address(index));
			expect(await Promise.all([0, 1, 2, 1_000, 1_001, 100_999].map(banned))).toEqual([
				false,
				true,
				false,
				false,
				true,
				true,
			]);
			await meet(101_000, 200_000);
			expect(memoryInUse() - before).toBeLessThan(10 * 1024 * 1024);
		},
		30_000,
	);
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryInUse(): number {
	collectGarbage();
	return process.memoryUsage().heapUsed;
}
