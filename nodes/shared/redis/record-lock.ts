import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	LOST_CALL_MS,
	olderWrite,
	outcomeOf,
	stoppedBeforeSending,
	type Place,
	type RecordTurn,
} from '../items';
import { lockBusy, lockLost } from './lock-errors';
import { KEEP, LEAVE, TAKE, type LockKeys } from './lock-scripts';
import type { LockServer } from './lock-server';

/** How long something lasts, in milliseconds. */
export interface LockTimes {
	/** A lock that its process does not renew. */
	lock: number;
	/** The place in the line of a process that does not ask. */
	waiter: number;
	/** What is remembered of a failed write, longer than n8n may try it again. */
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
	 * Waits in the line of the processes, and does the work once it is this one's turn.
	 *
	 * @param patience milliseconds in which another process must have finished its turn
	 * @throws PartnerError `notSent` if it cannot be had, or whatever the work throws
	 */
	async during<T>(
		work: (turn: RecordTurn) => Promise<T>,
		patience: number,
		signal: AbortSignal | undefined,
	): Promise<T> {
		const note = await this.take(patience, signal);
		const renewal = setInterval(() => void this.keep().catch(() => false), this.times.lock / 3);
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

	private async take(patience: number, signal: AbortSignal | undefined): Promise<string> {
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
				if (Date.now() - heldSince > patience) throw lockBusy(patience);
				await pauseFor(pause * (0.5 + Math.random() / 2), signal);
				pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
			}
		} catch (error) {
			// It may be held all the same, if only the answer was lost.
			void this.leave('failed');
			throw error;
		}
	}

	private turn(note: string): RecordTurn {
		return {
			note: note === '' ? undefined : note,
			confirm: async (newNote) => {
				this.isSettled = false;
				if (!(await this.keep(newNote))) throw lockLost();
			},
			settle: () => {
				this.isSettled = true;
			},
		};
	}

	/** @returns whether the lock is still this one's */
	private async keep(note = ''): Promise<boolean> {
		const { lock } = this.times;
		return (await this.server.run(KEEP, this.keys, this.token, lock, LOST_CALL_MS, note)) === 1;
	}

	/** What Redis is not told expires there. */
	private async leave(result: 'done' | 'open' | 'failed'): Promise<void> {
		const forgetsNote = this.isSettled ? '1' : '0';
		const values = [this.token, forgetsNote, this.place.at ?? 0, result, this.times.memory];
		await this.server.run(LEAVE, this.keys, ...values).catch(() => 0);
	}
}

async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	// A stop during the pause is noticed right after it.
	await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
}
