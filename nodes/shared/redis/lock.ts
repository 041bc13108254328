import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { NOTHING_SENT, PartnerError } from '../errors';
import {
	LOST_CALL_MS,
	olderWrite,
	outcomeOf,
	type Place,
	type RecordTurn,
	stoppedBeforeSending,
} from '../items';
import { troubleOf } from './connection';

/** Creates the error for a Redis that is unavailable: another process may be working on the record. */
function redisUnavailable(reason: string): PartnerError {
	return new PartnerError(`Not sent, because Redis cannot lock the record: ${reason}`, {
		outcome: 'notSent',
		attemptNote: NOTHING_SENT,
		description:
			'Another n8n process may be sending data about the same record. Check the Redis credential, and whether this n8n can connect to Redis, then run this item again.',
	});
}

/** Creates the error for a lock that expired while this process held it. */
function lockLost(): PartnerError {
	return new PartnerError('Not sent, because the lock of the record in Redis has expired', {
		outcome: 'notSent',
		attemptNote: NOTHING_SENT,
		description:
			'This n8n process stood still for too long, or Redis lost its data. Run this item again.',
	});
}

/** Creates the error for a turn of another process that takes longer than its requests can. */
function lockBusy(milliseconds: number): PartnerError {
	const seconds = Math.round(milliseconds / 1_000);
	return new PartnerError(
		`Not sent, because another n8n process has been working on the same record for ${seconds} s`,
		{
			outcome: 'notSent',
			attemptNote: NOTHING_SENT,
			description:
				'Run this item again later. If the partner is slow, raise the timeout in the options of the node.',
		},
	);
}

/**
 * The scripts that Redis runs atomically. KEYS are those of {@link LockKeys}, in its order; ARGV[1] is
 * always the token of the calling process.
 */

/** The keys of one record. They share a hash tag, so that a cluster keeps them together. */
export interface LockKeys {
	/** The token of the process whose turn it is. */
	lock: string;
	/** Where a request whose response was lost may still be running. */
	note: string;
	/** The newest write that may have been executed; set only after a failed one. */
	newest: string;
	/** The waiting processes, by arrival time. */
	line: string;
	/** The waiting processes, by the time of their last request, so that a dead one does not block the others. */
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
 * Takes the lock or a place in the queue. ARGV: token, lifetime of the lock, lifetime of a silent waiter,
 * the write's place or nothing. Returns `held` with the note, `older`, or `wait` with the holder's token;
 * each with the place.
 */
const TAKE = `
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

/** Renews the lock. ARGV: token, lifetime of the lock, lifetime of the note, the note or nothing. Returns 1 while it is held. */
const KEEP = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if ARGV[4] ~= '' then
	redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3])
else
	redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return 1`;

/**
 * Releases the lock. ARGV: token, whether to remove the note, the write's place, its outcome (`done`,
 * `open`, `failed`), how long to store that.
 */
const LEAVE = `
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

/** How long Redis may be unavailable, for a restart or a change of its main server. */
const OUTAGE_MS = 5_000;
const PAUSE_MS = 100;
/** Redis's errors while it starts, or before it has become the main server. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN)\b/;

/** The Redis that holds the locks. A script without a reply is run again, so it may run twice. */
export class LockServer {
	/** @param connect returns the current connection of this process */
	constructor(private readonly connect: () => Promise<Redis>) {}

	/** Runs a script. @throws PartnerError `notSent` if Redis stays unavailable or rejects it */
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

/** Lifetimes in milliseconds. */
export interface LockTimes {
	/** Of a lock that its process does not renew. */
	lock: number;
	/** Of the place in the queue of a process that does not ask again. */
	waiter: number;
	/** Of the record of a failed write, longer than n8n may retry it. */
	memory: number;
}

export const LOCK_TIMES: LockTimes = { lock: 30_000, waiter: 5_000, memory: 60 * 60 * 1_000 };

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/** One write's lock on its record. */
export class RecordLock {
	private readonly token = randomUUID();
	private isSettled = false;

	constructor(
		private readonly server: LockServer,
		private readonly keys: LockKeys,
		private readonly place: Place,
		private readonly times: LockTimes,
	) {}

	/**
	 * Waits in the queue of the processes, and runs the work when it is this one's turn.
	 *
	 * @param maxWait milliseconds in which another process must finish its turn
	 * @throws PartnerError `notSent` without a lock, or the error of the work
	 */
	async during<T>(
		work: (turn: RecordTurn) => Promise<T>,
		maxWait: number,
		signal: AbortSignal | undefined,
	): Promise<T> {
		const note = await this.take(maxWait, signal);
		const renewal = setInterval(() => void this.renew().catch(() => false), this.times.lock / 3);
		renewal.unref();
		try {
			const value = await work(this.turn(note));
			await this.leave('done');
			return value;
		} catch (error) {
			await this.leave(outcomeOf(error) === 'unknown' ? 'open' : 'failed');
			throw error;
		} finally {
			clearInterval(renewal);
		}
	}

	private async take(maxWait: number, signal: AbortSignal | undefined): Promise<string> {
		const { lock, waiter } = this.times;
		let holder: string | undefined;
		let heldSince = 0;
		let pause = FIRST_PAUSE_MS;
		try {
			for (;;) {
				if (signal?.aborted) throw stoppedBeforeSending();
				const at = this.place.at ?? '';
				const answer = await this.server.run(TAKE, this.keys, this.token, lock, waiter, at);
				const [state, place, detail = ''] = answer as string[];
				this.place.at = Number(place);
				if (state === 'held') return detail;
				if (state === 'older') throw olderWrite();
				if (detail !== holder) {
					holder = detail;
					heldSince = Date.now();
					pause = FIRST_PAUSE_MS;
				}
				if (Date.now() - heldSince > maxWait) throw lockBusy(maxWait);
				await pauseFor(pause * (0.5 + Math.random() / 2), signal);
				pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
			}
		} catch (error) {
			// The lock may have been taken if only the reply was lost.
			void this.leave('failed');
			throw error;
		}
	}

	private turn(note: string): RecordTurn {
		return {
			note: note === '' ? undefined : note,
			confirm: async (newNote) => {
				this.isSettled = false;
				if (!(await this.renew(newNote))) throw lockLost();
			},
			settle: () => {
				this.isSettled = true;
			},
		};
	}

	/** Renews the lock. @returns whether this process still holds it */
	private async renew(note = ''): Promise<boolean> {
		const { lock } = this.times;
		return (await this.server.run(KEEP, this.keys, this.token, lock, LOST_CALL_MS, note)) === 1;
	}

	/** Releases the lock. If Redis is unavailable, the lock expires. */
	private async leave(result: 'done' | 'open' | 'failed'): Promise<void> {
		const forgetsNote = this.isSettled ? '1' : '0';
		const values = [this.token, forgetsNote, this.place.at ?? 0, result, this.times.memory];
		await this.server.run(LEAVE, this.keys, ...values).catch(() => 0);
	}
}

async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	// A stop ends the pause; the caller checks the signal.
	await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
}
