/**
 * What Redis does in one step. KEYS are those of {@link LockKeys}, in its order; ARGV[1] is always the
 * token of the process that asks.
 */

/** The keys of one record. They share a hash tag, so that a cluster keeps them together. */
export interface LockKeys {
	/** Token of the process that has its turn. */
	lock: string;
	/** Where a request may still run whose answer was lost. */
	note: string;
	/** The newest write that may have been carried out; only after a failed one. */
	newest: string;
	/** Processes that wait, by when they came. */
	line: string;
	/** The same, by when they asked last: whoever is gone does not hold up the others. */
	seen: string;
}

export function keysOf(record: string): LockKeys {
	const named = (name: string) => `partner-exchange:{${record}}:${name}`;
	return {
		lock: named('lock'),
		note: named('note'),
		newest: named('newest'),
		line: named('line'),
		seen: named('seen'),
	};
}

/**
 * ARGV: token, life of the lock, life of a waiter that does not ask, the write's place or nothing.
 * Answers `held` with the note, `older`, or `wait` with the holder's token; with the place in each case.
 */
export const TAKE = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local place = ARGV[4]
if place == '' then place = string.format('%.0f', micros) end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now - ARGV[3])) do
	redis.call('ZREM', KEYS[4], gone)
	redis.call('ZREM', KEYS[5], gone)
end
local holder = redis.call('GET', KEYS[1])
local first = redis.call('ZRANGE', KEYS[4], 0, 0)[1]
if holder == ARGV[1] or (not holder and (not first or first == ARGV[1])) then
	redis.call('ZREM', KEYS[4], ARGV[1])
	redis.call('ZREM', KEYS[5], ARGV[1])
	local newest = redis.call('GET', KEYS[3])
	if newest and tonumber(place) < tonumber(newest) then return {'older', place, ''} end
	redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
	return {'held', place, redis.call('GET', KEYS[2]) or ''}
end
redis.call('ZADD', KEYS[4], 'NX', string.format('%.0f', micros), ARGV[1])
redis.call('ZADD', KEYS[5], now, ARGV[1])
redis.call('PEXPIRE', KEYS[4], ARGV[3] * 2)
redis.call('PEXPIRE', KEYS[5], ARGV[3] * 2)
return {'wait', place, holder or ''}`;

/** ARGV: token, life of the lock, life of the note, the note or nothing. Answers 1 while it is held. */
export const KEEP = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if ARGV[4] ~= '' then
	redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3])
else
	redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return 1`;

/**
 * ARGV: token, whether to remove the note, the write's place, what became of it (`done`, `open`,
 * `failed`), for how long to remember that.
 */
export const LEAVE = `
local newest = redis.call('GET', KEYS[3])
local place = ARGV[3]
if newest and tonumber(newest) > tonumber(place) then place = newest end
if ARGV[4] == 'open' or (ARGV[4] == 'done' and newest) then
	redis.call('SET', KEYS[3], place, 'PX', ARGV[5])
elseif ARGV[4] == 'failed' then
	redis.call('SET', KEYS[3], newest or '0', 'PX', ARGV[5])
end
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[1])
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '1' then redis.call('DEL', KEYS[2]) end
redis.call('DEL', KEYS[1])
return 1`;
