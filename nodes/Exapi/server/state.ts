import type { Redis } from 'ioredis';
import { BanList } from './bans';
import { InMemoryReplayCache, RedisReplayCache, type ReplayCache } from './repeats';
import type { TriggerSettings } from './settings';

/** What a trigger remembers from request to request. */
export interface TriggerState {
	bans: BanList;
	repeats: ReplayCache;
}

const MAX_TRIGGERS = 1_000;
const memories = new Map<string, TriggerState & { redis: Redis | undefined }>();

/**
 * The memory of a trigger, one for a process, or for all of them where Redis is chosen. Other rules
 * begin anew.
 *
 * @param scope names the trigger: workflow, node, and which of its URLs
 */
export function triggerStateFor(
	scope: string,
	{ ban, redis, repeatWindow }: TriggerSettings,
): TriggerState {
	const id = JSON.stringify([scope, ban, repeatWindow, redis !== undefined]);
	const known = memories.get(id);
	// Another connection is that of a credential that was corrected.
	if (known && known.redis === redis) return known;
	const memory = {
		redis,
		bans: new BanList(scope, ban, redis),
		repeats: redis
			? new RedisReplayCache(redis, scope, repeatWindow)
			: new InMemoryReplayCache(repeatWindow),
	};
	memories.set(id, memory);
	if (memories.size > MAX_TRIGGERS) memories.delete(memories.keys().next().value!);
	return memory;
}
