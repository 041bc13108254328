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

/** A file that is wanted. */
export interface DownloadRequest {
	url: string;
	/** Milliseconds. */
	timeout: number;
	maxMegabytes: number;
	allowUnauthorizedCerts: boolean;
	signal?: AbortSignal | undefined;
}

/** A file that was got. */
export interface DownloadedFile {
	content: Buffer;
	/** Last part of the address, decoded and without what no name should hold. */
	name: string;
	/** As the server says; `undefined` when it does not know. */
	mimeType: string | undefined;
}

const HTML_NAME = /\.x?html?$/i;

/**
 * Downloads a file of the CRM, without a session: web services and web pages of vtiger have
 * sessions of their own.
 *
 * @throws PartnerError when there is no such file, or the CRM keeps it to itself
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

/** How a call is made. */
export interface CallOptions {
	effect: Effect;
	/**
	 * The record that an upsert is about, or a read that decides what is written to it. Callers make no two
	 * calls with one key at once; one whose answer was lost may still run, and the next one then waits for
	 * it in its session.
	 */
	key?: string | undefined;
	/** The call's turn at the record of the key, if other processes wait for that as well. */
	turn?: RecordTurn | undefined;
	signal?: AbortSignal | undefined;
}

/** Where a client takes its sessions from. */
export interface SessionUse {
	pool: SessionPool;
	/** How many sessions of the pool may be in use at once. */
	limit: number;
}

/** Ids of users by credential, as their last login told them. A cache: what it forgets costs a login. */
const userIds = new LRUCache<string, string>({ max: 1_000 });

/** Calls operations of the CRM within sessions of a pool. Errors are `PartnerError`s. */
export class WebserviceClient {
	/** @param run remembers a refused login across the attempts of one run: it is not repeated */
	constructor(
		private readonly crm: CrmConnection,
		private readonly sessions: SessionUse,
		private readonly run: LoginRun = { refusal: undefined },
	) {}

	/** Opens a session that the pool does not know of: whoever asked may use it as they like. */
	async logIn(signal: AbortSignal | undefined): Promise<LoggedIn> {
		const session = await logIn(this.crm, signal, this.run);
		userIds.set(fingerprint(this.crm.credential), session.userId);
		return session;
	}

	/** Returns the id of the credential's user, such as `19x5`; logs in if no login told it before. */
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

	/** Carries an operation out; in a new session, once more, if the old one is gone. */
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
				// Of a busy session only an answer of the CRM shows that the lost call is over.
				const isBusy = busy?.name !== undefined && !(error instanceof RemoteError);
				if (isBusy || mayStillRun(error)) {
					const name = lease.discard();
					if (name !== undefined) busy?.keep(name);
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
			// An upsert that is sent again stays in its session: vtiger's lock makes it wait for the
			// lost one, and then it finds that one's record. In another session both would create one
			// (docs/protocols/vtiger.md, 5.4). So does a read that looks for that record.
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

	/** vtiger reads `sessionName`, the CRM's own sample sends `sessionId`: both go (docs/protocols/clientright.md, 4.8). */
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

const MAX_POOLS = 1_000;
const pools = new Map<string, SessionPool>();

/**
 * The pool of a credential in this process, a cache: what it forgets costs a login.
 *
 * @param executionId gives that execution a pool of its own, as the CRM recommends: a new
 *   session for each session of a user (docs/protocols/clientright.md, 1.3)
 */
export function poolFor(credential: ClientRightCredential, executionId = ''): SessionPool {
	const key = `${fingerprint(credential)} ${executionId}`;
	const pool = pools.get(key) ?? new SessionPool();
	// Last used, last in the map: the first key is the one to give up.
	pools.delete(key);
	pools.set(key, pool);
	if (pools.size > MAX_POOLS) pools.delete(pools.keys().next().value!);
	return pool;
}
