import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'n8n-workflow';
import { BanList } from './bans';
import { InMemoryOrderClaims, type OrderClaims } from './order-claims';
import { RedisOrderClaims } from './redis-order-claims';
import { InMemoryReplayCache, RedisReplayCache, type ReplayCache } from './replay-cache';
import type { TriggerSettings } from './settings';

/** What a trigger stores between requests. */
export interface TriggerState {
	bans: BanList;
	repeats: ReplayCache;
	orders: OrderClaims;
}

const states = new LRUCache<string, TriggerState & { redis: Redis | undefined }>({ max: 1_000 });

/**
 * Returns the state of a trigger, in this process or shared in Redis. Changed rules start with a new
 * state.
 *
 * @param scope identifies the trigger: workflow, node, and which of its URLs
 * @param logger n8n's, which is kept; the node it came from would keep its request
 */
export function triggerStateFor(
	scope: string,
	{ ban, redis, orders }: TriggerSettings,
	logger: Logger,
): TriggerState {
	const { windowMs, longestRunMs } = orders;
	const id = JSON.stringify([scope, ban, windowMs, longestRunMs, redis !== undefined]);
	const known = states.get(id);
	// Another connection means that the credential was changed.
	if (known && known.redis === redis) return known;
	const state = {
		redis,
		bans: new BanList(scope, ban, redis),
		repeats: redis
			? new RedisReplayCache(redis, scope, windowMs / 1000)
			: new InMemoryReplayCache(windowMs / 1000),
		orders: redis
			? new RedisOrderClaims(redis, scope, orders)
			: new InMemoryOrderClaims(orders, (message) => logger.warn(`Exapi Trigger: ${message}`)),
	};
	states.set(id, state);
	return state;
}
