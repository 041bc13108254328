import { randomBytes } from 'node:crypto';
import type { Quirks } from './quirks';
import { webserviceError, type SessionEnd } from './errors';

/** A session as the control API shows it: without its name. */
export interface SessionView {
	/** From 1 on, in the order of the logins. */
	number: number;
	user: string;
	/** ISO 8601 in UTC, as the one below. */
	createdAt: string;
	lastUsedAt: string;
	calls: number;
}

export interface Session {
	readonly number: number;
	readonly name: string;
	readonly user: string;
	readonly userId: string;
	readonly createdAt: number;
	lastUsedAt: number;
	calls: number;
	/** How its next request is answered, where it was ended on purpose. */
	end?: SessionEnd;
	/** Resolves when the calls so far are done: PHP lets one request at a time have a session. */
	lock: Promise<void>;
}

/** The sessions of one CRM. */
export class Sessions {
	private readonly byName = new Map<string, Session>();
	private lastNumber = 0;

	constructor(
		/** In milliseconds. */
		public lifetimeMs: number,
		private readonly quirks: Readonly<Quirks>,
	) {}

	open(user: string, userId: string): Session {
		this.lastNumber += 1;
		const session: Session = {
			number: this.lastNumber,
			name: randomBytes(11).toString('hex').slice(1),
			user,
			userId,
			createdAt: Date.now(),
			lastUsedAt: Date.now(),
			calls: 0,
			lock: Promise.resolve(),
		};
		this.byName.set(session.name, session);
		return session;
	}

	find(name: string): Session | undefined {
		return this.byName.get(name);
	}

	/**
	 * Waits until the calls before this one have left the session, and gives the function that
	 * leaves it again.
	 */
	async enter(session: Session): Promise<() => void> {
		const before = session.lock;
		let leave: () => void = () => undefined;
		session.lock = new Promise((resolve) => {
			leave = resolve;
		});
		await before;
		return () => {
			session.lastUsedAt = Date.now();
			leave();
		};
	}

	/**
	 * The session of a request that has its turn.
	 *
	 * @throws WebserviceError when it is over
	 */
	use(session: Session): void {
		const isThere = this.byName.get(session.name) === session;
		if (isThere) this.sweep();
		if (!isThere || session.end) {
			this.close(session);
			throw webserviceError((isThere && session.end) || 'INVALID_SESSIONID');
		}
		session.calls += 1;
	}

	/** Removes expired sessions, as PHP does after it has read the one of the request. */
	sweep(): void {
		if (this.quirks.expirySweep === 'never') return;
		const oldest = Date.now() - this.lifetimeMs;
		for (const session of this.byName.values()) {
			if (session.lastUsedAt < oldest) this.close(session);
		}
	}

	close(session: Session): void {
		this.byName.delete(session.name);
	}

	/**
	 * Ends one session, or all.
	 *
	 * @param end how its next request is answered
	 */
	expire(end: SessionEnd, number?: number): void {
		for (const session of this.some(number)) session.end = end;
	}

	/** Moves the last use of one session, or of all, back by so much time. */
	age(ms: number, number?: number): void {
		for (const session of this.some(number)) {
			session.lastUsedAt -= ms;
		}
	}

	private some(number: number | undefined): Session[] {
		return [...this.byName.values()].filter((session) => {
			return number === undefined || session.number === number;
		});
	}

	list(): SessionView[] {
		return [...this.byName.values()].map(({ number, user, createdAt, lastUsedAt, calls }) => ({
			number,
			user,
			createdAt: new Date(createdAt).toISOString(),
			lastUsedAt: new Date(lastUsedAt).toISOString(),
			calls,
		}));
	}
}
