import { setTimeout as sleep } from 'node:timers/promises';
import { SessionPool } from '../../../nodes/ClientRight/client/sessions';

const MINUTE = 60_000;

function bench() {
	let opened = 0;
	let now = 0;
	const pool = new SessionPool(() => now);
	const open = async () => await Promise.resolve(`session-${++opened}`);
	const use = async <T>(limit: number, work: (name: string) => Promise<T>, signal?: AbortSignal) =>
		await pool.use(limit, open, signal, async (lease) => await work(await lease.session()));
	return { pool, open, use, opened: () => opened, pass: (ms: number) => (now += ms) };
}

describe('a pool of sessions', () => {
	it('gives each session to one call at a time, and opens no more than the limit', async () => {
		const { use, opened } = bench();
		const busy = new Set<string>();
		let most = 0;
		await Promise.all(
			Array.from({ length: 50 }, async () => {
				await use(3, async (name) => {
					expect(busy.has(name)).toBe(false);
					busy.add(name);
					most = Math.max(most, busy.size);
					await sleep(1);
					busy.delete(name);
				});
			}),
		);
		expect(most).toBe(3);
		expect(opened()).toBe(3);
	});

	it('uses a session again until 14 minutes after its last use', async () => {
		const { use, pass } = bench();
		const name = async () => await use(1, async (session) => await Promise.resolve(session));
		expect(await name()).toBe('session-1');
		pass(14 * MINUTE - 1);
		expect(await name()).toBe('session-1');
		pass(14 * MINUTE - 1);
		expect(await name()).toBe('session-1');
		pass(14 * MINUTE);
		expect(await name()).toBe('session-2');
	});

	it('forgets a discarded session and keeps a renewed one', async () => {
		const { pool, open, use } = bench();
		await pool.use(1, open, undefined, async (lease) => {
			await lease.session();
			expect(await lease.renew()).toBe('session-2');
		});
		expect(await use(1, async (session) => await Promise.resolve(session))).toBe('session-2');
		await pool.use(1, open, undefined, async (lease) => {
			await lease.session();
			lease.discard();
		});
		expect(await use(1, async (session) => await Promise.resolve(session))).toBe('session-3');
	});

	it('gives a session of its own back when a call brings another one', async () => {
		const { pool, open, use, opened, pass } = bench();
		await use(1, async () => await Promise.resolve());
		pass(5 * MINUTE);
		await pool.use(1, open, undefined, async (lease) => {
			lease.adopt('busy');
			expect(await lease.session()).toBe('busy');
			expect(lease.discard()).toBe('busy');
			expect(lease.discard()).toBeUndefined();
		});
		expect(await use(1, async (name) => await Promise.resolve(name))).toBe('session-1');
		await pool.use(1, open, undefined, async (lease) => {
			lease.adopt('free');
			await lease.session();
		});
		expect(await use(1, async (name) => await Promise.resolve(name))).toBe('free');
		expect(opened()).toBe(1);
	});

	it('does not take a session for used that a call put back', async () => {
		const { pool, open, use, pass } = bench();
		await use(1, async () => await Promise.resolve());
		pass(13 * MINUTE);
		await pool.use(1, open, undefined, async (lease) => {
			lease.adopt('busy');
			lease.discard();
			await Promise.resolve();
		});
		pass(MINUTE);
		expect(await use(1, async (name) => await Promise.resolve(name))).toBe('session-2');
	});

	it('goes on after work that failed, and after a login that did', async () => {
		const { pool, use } = bench();
		await expect(use(1, async () => await Promise.reject(new Error('work')))).rejects.toThrow(
			'work',
		);
		const refuse = async () => await Promise.reject<string>(new Error('login'));
		await expect(
			pool.use(1, refuse, undefined, async (lease) => {
				lease.discard();
				await lease.session();
			}),
		).rejects.toThrow('login');
		expect(await use(1, async (name) => await Promise.resolve(name))).toMatch(/^session-/);
	});

	it('lets those who wait go when their execution is stopped', async () => {
		const { use } = bench();
		const stop = new AbortController();
		const first = use(1, async () => await sleep(20));
		const second = use(1, async () => await sleep(0), stop.signal);
		const third = use(1, async (name) => await Promise.resolve(name));
		stop.abort();
		await expect(second).rejects.toMatchObject({ outcome: 'notSent' });
		await first;
		expect(await third).toBe('session-1');
	});
});
