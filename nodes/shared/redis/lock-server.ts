import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { troubleOf } from './connection';
import { redisUnavailable } from './lock-errors';
import type { LockKeys } from './lock-scripts';

/** So long a Redis may be unavailable, for a restart or a change of its main server. */
const OUTAGE_MS = 5_000;
const PAUSE_MS = 100;
/** Redis's own words while it starts, or before it has become the main server. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN)\b/;

/** The Redis that holds the locks; a script that was not answered is run again, and may have run twice. */
export class LockServer {
	/** @param connect gives the connection of this process, each time anew */
	constructor(private readonly connect: () => Promise<Redis>) {}

	/** @throws PartnerError `notSent` if Redis stays unavailable or refuses */
	async run(
		script: string,
		keys: LockKeys,
		...values: Array<string | number>
	): Promise<string[] | number> {
		const names = Object.values(keys) as string[];
		let firstFailure: number | undefined;
		for (;;) {
			const redis = await this.connect();
			try {
				const answer = await redis.eval(script, names.length, ...names, ...values);
				return answer as string[] | number;
			} catch (error) {
				const { name, message } = error as Error;
				const trouble = redis.status === 'ready' ? undefined : troubleOf(redis);
				const since = trouble?.since ?? (firstFailure ??= Date.now());
				const isRefusal = name === 'ReplyError' && !PASSING.test(message);
				if (isRefusal || Date.now() - since >= OUTAGE_MS) {
					throw redisUnavailable(isRefusal ? message : (trouble?.reason ?? message));
				}
				await sleep(PAUSE_MS);
			}
		}
	}
}
