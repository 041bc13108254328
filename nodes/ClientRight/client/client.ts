import { LRUCache } from 'lru-cache';
import { afterEarlier, PartnerError } from '../../shared/errors';
import { type HttpClient, HttpFailure, withRetries } from '../../shared/http';
import type { RecordTurn } from '../../shared/items';
import { safeFileName } from '../../shared/wire/text';
import { type ClientRightCredential, fingerprint } from './credential';
import {
	type Answer,
	busyInMemory,
	busyInTurn,
	type BusySession,
	type CrmConnection,
	type Effect,
	exchange,
	retryDecision,
	type WebserviceCall,
} from './exchange';
import { CHECK_BEFORE_RESENDING, FileNotGiven, mayStillRun, RemoteError } from './failures';
import { type Lease, type LoggedIn, logIn, type LoginRun, SessionPool } from './sessions';

/** A file to download. */
export interface DownloadRequest {
	url: string;
	/** Milliseconds. */
	timeout: number;
	maxMegabytes: number;
	allowUnauthorizedCerts: boolean;
	signal?: AbortSignal | undefined;
}

/** A downloaded file. */
export interface DownloadedFile {
	content: Buffer;
	/** The last part of the address, decoded and made safe as a file name. */
	name: string;
	/** From the server's header; `undefined` if it has none. */
	mimeType: string | undefined;
}

const HTML_NAME = /\.x?html?$/i;

/**
 * Downloads a file of the CRM without a session: vtiger's web pages do not use the sessions of its web
 * services.
 *
 * @throws PartnerError when the file does not exist, or the CRM does not allow its download
 */
export async function downloadFile(
	send: HttpClient,
	{ maxMegabytes, ...request }: DownloadRequest,
): Promise<DownloadedFile> {
	const name = nameIn(request.url);
	const get = async () => {
		const limits = { maxAnswerBytes: maxMegabytes * 1024 * 1024 };
		const answer = await send({ ...request, method: 'GET', ...limits });
		if (answer.status !== 200) throw new FileNotGiven(answer, name);
		return answer;
	};
	const response = await withRetries(
		get,
		(error) => retryDecision(error, 'read'),
		request.signal,
	).catch((error: unknown) => {
		throw isTooLarge(error) ? tooLarge(maxMegabytes) : error;
	});
	const type = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
	if (type === 'text/html' && !HTML_NAME.test(name)) throw pageInstead(name);
	return {
		content: response.body,
		name,
		mimeType: type === 'application/octet-stream' ? undefined : type,
	};
}

function nameIn(url: string): string {
	const last = new URL(url).pathname.split('/').at(-1) ?? '';
	try {
		return safeFileName(decodeURIComponent(last));
	} catch {
		return safeFileName(last);
	}
}

function pageInstead(name: string): PartnerError {
	return new PartnerError(`The CRM returned a web page instead of the file "${name}"`, {
		outcome: 'rejected',
		description:
			'Ask the operator of the CRM for access to its files: most likely, the page asks for a login.',
	});
}

function isTooLarge(error: unknown): boolean {
	return error instanceof HttpFailure && error.kind === 'tooLarge';
}

/** The error of a file that is larger than the option allows. */
export function tooLarge(megabytes: number): PartnerError {
	return new PartnerError(`The file is larger than ${megabytes} MB`, {
		outcome: 'rejected',
		description: "To download it anyway, raise 'Maximum File Size (MB)' in the options.",
	});
}

/** How to make a call. */
export interface CallOptions {
	effect: Effect;
	/**
	 * The record of an upsert, or of a read that decides what is written to it. Callers never make two calls
	 * with one key at the same time. A call whose response was lost may still be running, and the next one
	 * then waits for it in its session.
	 */
	key?: string | undefined;
	/** The call's turn at the record, if other processes wait for the record as well. */
	turn?: RecordTurn | undefined;
	signal?: AbortSignal | undefined;
}

/** Where a client gets its sessions. */
export interface SessionUse {
	pool: SessionPool;
	/** The most sessions of the pool to use at the same time. */
	limit: number;
}

/** The IDs of users by credential, from their last login. If an ID is dropped, it costs a login. */
const userIds = new LRUCache<string, string>({ max: 1_000 });

/** Calls operations of the CRM in sessions of a pool. Its errors are `PartnerError`s. */
export class WebserviceClient {
	/** @param run stores a refused login for all attempts of one run, so that it is not repeated */
	constructor(
		private readonly crm: CrmConnection,
		private readonly sessions: SessionUse,
		private readonly run: LoginRun = { refusal: undefined },
	) {}

	/** Opens a session outside of the pool, for requests of the user. */
	async logIn(signal: AbortSignal | undefined): Promise<LoggedIn> {
		const session = await logIn(this.crm, signal, this.run);
		userIds.set(fingerprint(this.crm.credential), session.userId);
		return session;
	}

	/** Returns the ID of the credential's user, such as `19x5`. Logs in if it is not known yet. */
	async userId(signal: AbortSignal | undefined): Promise<string> {
		const open = async () => (await this.logIn(signal)).sessionName;
		const known = () => userIds.get(fingerprint(this.crm.credential));
		return (
			known() ??
			(await this.sessions.pool.use(this.sessions.limit, open, signal, async (lease) => {
				if (known() === undefined) lease.discard();
				await lease.session();
				return known() ?? '';
			}))
		);
	}

	/** Executes an operation, and once more in a new session if the old one has ended. */
	async call(call: WebserviceCall, options: CallOptions): Promise<Answer> {
		try {
			return await this.callInSession(call, options);
		} catch (error) {
			const unclear = error instanceof PartnerError && error.outcome === 'unknown';
			throw unclear && options.effect !== 'read' ? error.addAdvice(CHECK_BEFORE_RESENDING) : error;
		}
	}

	private async callInSession(call: WebserviceCall, options: CallOptions): Promise<Answer> {
		const { effect, signal } = options;
		const busy = this.busySessionOf(options);
		const open = async () => (await this.logIn(signal)).sessionName;
		return await this.sessions.pool.use(this.sessions.limit, open, signal, async (lease) => {
			if (busy?.name !== undefined) lease.adopt(busy.name);
			try {
				const answer = await withRetries(
					async () => await this.callOnce(lease, call, options, busy),
					(error) => retryDecision(error, effect),
					signal,
					effect !== 'read',
				);
				busy?.clear();
				return answer;
			} catch (error) {
				// Only a response of the CRM shows that the lost call in a busy session is over.
				const isBusy = busy?.name !== undefined && !(error instanceof RemoteError);
				if (isBusy || mayStillRun(error)) {
					const name = lease.discard();
					if (name !== undefined) busy?.store(name);
				} else {
					busy?.clear();
				}
				throw error;
			}
		});
	}

	private busySessionOf({ key, turn }: CallOptions): BusySession | undefined {
		const { credential } = this.crm;
		if (turn) return busyInTurn(credential, turn);
		return key === undefined ? undefined : busyInMemory(credential, key);
	}

	private async callOnce(
		lease: Lease,
		call: WebserviceCall,
		{ effect, key, signal }: CallOptions,
		busy: BusySession | undefined,
	): Promise<Answer> {
		const send = async (session: string) => {
			await busy?.enter(session);
			return await this.sendIn(session, call, signal);
		};
		try {
			return await send(await lease.session());
		} catch (error) {
			// A repeated upsert stays in its session: vtiger's lock makes it wait for the lost one, and then
			// it finds that record. In another session both would create one (docs/protocols/vtiger.md, 5.4).
			// The same applies to a read that looks for the record.
			if (mayStillRun(error) && effect === 'read' && key === undefined) lease.discard();
			if (!isSessionGone(error)) throw error;
			lease.discard();
			try {
				return await send(await lease.renew());
			} catch (later) {
				throw afterEarlier(error, later);
			}
		}
	}

	/** Adds the session under both names: vtiger reads `sessionName`, the CRM's sample sends `sessionId` (docs/protocols/clientright.md, 4.8). */
	private async sendIn(
		sessionName: string,
		call: WebserviceCall,
		signal: AbortSignal | undefined,
	): Promise<Answer> {
		const fields = { sessionName, sessionId: sessionName, ...call.fields };
		return await exchange(this.crm, { ...call, fields }, [sessionName], signal);
	}
}

function isSessionGone(error: unknown): boolean {
	return error instanceof RemoteError && error.isSessionGone;
}

const pools = new LRUCache<string, SessionPool>({ max: 1_000 });

/**
 * Returns the pool of a credential in this process. If a pool is dropped, it costs a login.
 *
 * @param executionId if set, the execution has its own pool, because the CRM recommends a new session for
 *   each session of a user (docs/protocols/clientright.md, 1.3)
 */
export function poolFor(credential: ClientRightCredential, executionId = ''): SessionPool {
	const key = `${fingerprint(credential)} ${executionId}`;
	const pool = pools.get(key) ?? new SessionPool();
	pools.set(key, pool);
	return pool;
}
