import { setTimeout as sleep } from 'node:timers/promises';
import { PartnerError } from '../../shared/errors';
import { withRetries } from '../../shared/http';
import { exclusive, stoppedBeforeSending } from '../../shared/items';
import { isObject, type JsonObject, textOf } from '../../shared/wire';
import { answerChallenge } from '../wire/envelope';
import { type CrmConnection, exchange, retryDecision } from './exchange';
import {
	LoginError,
	notSentAfter,
	RemoteError,
	sameLoginError,
	stoppedLogin,
	toLoginError,
	unexpectedLogin,
	wrongKey,
} from './failures';

/** An open session. */
export interface LoggedIn {
	/** Secret: it allows acting as the user. */
	sessionName: string;
	userId: string;
	/** The version of vtiger's web services. */
	version: string;
	vtigerVersion: string;
	/** The whole response, for raw output. */
	raw: JsonObject;
}

/** A run of the node. After a refused login, it does not log in again. */
export interface LoginRun {
	refusal: PartnerError | undefined;
	/** The last login that could not connect, for the calls that waited for it. */
	noConnection?: { error: LoginError; at: number };
}

/** The most logins: a first one, and three more with a new challenge each. */
const ATTEMPTS = 4;
const SHORTEST_PAUSE = 50;

/** vtiger's code for a wrong key, and for a challenge that another client has replaced. */
const SPOILT = new Set(['INVALID_AUTH_TOKEN', 'INVALID_USER_CREDENTIALS']);

/**
 * Logs in: requests a challenge and answers it (docs/protocols/clientright.md, 2.1 and 3.1).
 *
 * A user has one challenge at a time, and a new one replaces it (docs/protocols/vtiger.md, 4.5). Therefore the
 * logins of a user in this process wait for each other. A login that another client invalidated is retried
 * after random pauses.
 *
 * @param run stores a refusal
 * @throws LoginError; only logins were sent then
 */
export async function logIn(
	crm: CrmConnection,
	signal: AbortSignal | undefined,
	run: LoginRun = { refusal: undefined },
): Promise<LoggedIn> {
	const { url, username } = crm.credential;
	const askedAt = performance.now();
	const whenFree = async () => {
		if (run.refusal) throw notSentAfter(run.refusal);
		const { noConnection } = run;
		if (noConnection && noConnection.at > askedAt) throw sameLoginError(noConnection.error);
		try {
			return await logInInTurn(crm, signal);
		} catch (error) {
			const failure = toLoginError(error, crm.credential);
			if (failure instanceof LoginError && failure.outcome === 'refused') run.refusal = failure;
			if (failure instanceof LoginError && failure.noConnection) {
				run.noConnection = { error: failure, at: performance.now() };
			}
			throw failure;
		}
	};
	return await exclusive(`login ${url} ${username.toLowerCase()}`, whenFree, signal);
}

async function logInInTurn(crm: CrmConnection, signal: AbortSignal | undefined): Promise<LoggedIn> {
	for (let attempt = 1; ; attempt++) {
		const startedAt = Date.now();
		try {
			if (signal?.aborted) throw stoppedLogin();
			return await withRetries(
				async () => await logInOnce(crm, signal),
				(error) => retryDecision(error, 'read'),
				signal,
			);
		} catch (error) {
			if (!isSpoilt(error)) throw error;
			if (attempt === ATTEMPTS) throw wrongKey(crm.credential);
			await sleep(pauseAfter(attempt, Date.now() - startedAt), undefined, signal && { signal });
		}
	}
}

async function logInOnce(crm: CrmConnection, signal: AbortSignal | undefined): Promise<LoggedIn> {
	const { username, accessKey } = crm.credential;
	const token = await getChallenge(crm, signal);
	const digest = answerChallenge(token, accessKey);
	const { result, raw } = await exchange(
		crm,
		{ operation: 'login', method: 'POST', fields: { username, accessKey: digest } },
		[token, digest],
		signal,
	).catch((error: unknown) => {
		// The challenge was requested before.
		throw error instanceof PartnerError ? error.markSent() : error;
	});
	return { ...readLogin(result), raw };
}

async function getChallenge(crm: CrmConnection, signal: AbortSignal | undefined): Promise<string> {
	const { username } = crm.credential;
	const { result } = await exchange(
		crm,
		{ operation: 'getchallenge', method: 'GET', fields: { username } },
		[],
		signal,
	);
	const token = isObject(result) ? textOf(result.token) : '';
	if (token === '') throw unexpectedLogin('getchallenge returned no token');
	return token;
}

/** Reads the session: vtiger calls it `sessionName`, the CRM's samples `sessionId` (docs/protocols/clientright.md, 3.3). */
function readLogin(result: unknown): Omit<LoggedIn, 'raw'> {
	const login = isObject(result) ? result : {};
	const sessionName = textOf(login.sessionName) || textOf(login.sessionId);
	if (sessionName === '') throw unexpectedLogin('login returned no session');
	return {
		sessionName,
		userId: textOf(login.userId),
		version: textOf(login.version),
		vtigerVersion: textOf(login.vtigerVersion),
	};
}

function isSpoilt(error: unknown): boolean {
	return error instanceof RemoteError && SPOILT.has(error.code);
}

/** Waits long enough for another client to end its login, for a random time so that both do not collide again. */
function pauseAfter(attempt: number, lastDuration: number): number {
	const unit = Math.max(SHORTEST_PAUSE, lastDuration);
	return unit * (0.5 + Math.random() * 2 ** attempt);
}

/**
 * How long a session is used: it lasts 15 minutes after its last use (docs/protocols/clientright.md, 1.3), less a
 * reserve of one minute.
 */
const REUSE_MILLISECONDS = 14 * 60 * 1000;

interface IdleSession {
	name: string;
	usedAt: number;
}

interface Waiter {
	limit: number;
	start(): void;
}

/** A call's exclusive use of one session. */
export interface Lease {
	/** Returns the session's name, and opens a session if there is none. */
	session(): Promise<string>;
	/**
	 * Removes the session from the pool, because it has ended, or the CRM may still be using it.
	 *
	 * @returns its name, if there was one
	 */
	discard(): string | undefined;
	/** Uses a given session instead of one of the pool. Call it before any other use of the lease. */
	adopt(name: string): void;
	/** Opens another session instead of this one. */
	renew(): Promise<string>;
}

/**
 * The open sessions of one credential. vtiger locks a session during a call (docs/protocols/vtiger.md, 5.4), so
 * each session handles one call at a time.
 */
export class SessionPool {
	private readonly idle: IdleSession[] = [];
	private readonly waiting: Waiter[] = [];
	private inUse = 0;

	/** @param now returns the time in milliseconds, for tests */
	constructor(private readonly now: () => number = Date.now) {}

	/**
	 * Runs work in a session as soon as fewer than `limit` are in use. Calls wait in their order.
	 *
	 * @param open logs in and returns the name of the session
	 * @throws PartnerError `notSent` when the execution is stopped while it waits
	 */
	async use<T>(
		limit: number,
		open: () => Promise<string>,
		signal: AbortSignal | undefined,
		work: (lease: Lease) => Promise<T>,
	): Promise<T> {
		await this.acquireSlot(limit, signal);
		const fromPool = this.takeIdle();
		let current = fromPool?.name;
		const lease: Lease = {
			session: async () => (current ??= await open()),
			discard: () => {
				const discarded = current;
				current = undefined;
				return discarded;
			},
			adopt: (name) => {
				if (fromPool) this.idle.push(fromPool);
				current = name;
			},
			renew: async () => (current = await open()),
		};
		try {
			return await work(lease);
		} finally {
			if (current !== undefined) this.idle.push({ name: current, usedAt: this.now() });
			this.inUse--;
			this.wakeWaiters();
		}
	}

	/** Returns the session used last, which lasts longest. */
	private takeIdle(): IdleSession | undefined {
		const session = this.idle.pop();
		if (session === undefined) return undefined;
		if (this.now() - session.usedAt < REUSE_MILLISECONDS) return session;
		this.idle.length = 0;
		return undefined;
	}

	private async acquireSlot(limit: number, signal: AbortSignal | undefined): Promise<void> {
		if (signal?.aborted) throw stoppedBeforeSending();
		if (this.waiting.length === 0 && this.inUse < limit) {
			this.inUse++;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const leave = () => {
				this.waiting.splice(this.waiting.indexOf(waiter), 1);
				reject(stoppedBeforeSending());
				this.wakeWaiters();
			};
			const waiter: Waiter = {
				limit,
				start: () => {
					signal?.removeEventListener('abort', leave);
					resolve();
				},
			};
			signal?.addEventListener('abort', leave, { once: true });
			this.waiting.push(waiter);
		});
	}

	private wakeWaiters(): void {
		for (let first = this.waiting[0]; first && this.inUse < first.limit; first = this.waiting[0]) {
			this.waiting.shift();
			this.inUse++;
			first.start();
		}
	}
}
