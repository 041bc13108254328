import { setTimeout as sleep } from 'node:timers/promises';
import { PartnerError } from '../../shared/errors';
import { repeating } from '../../shared/http';
import { exclusive } from '../../shared/items';
import { answerChallenge } from './challenge';
import { exchange, type CrmConnection } from './exchange';
import { RemoteError } from './failures';
import { isObject, type JsonObject } from '../../shared/wire';
import {
	LoginError,
	notSentAfter,
	sameLoginError,
	stoppedLogin,
	toLoginError,
	unexpectedLogin,
	wrongKey,
} from './login-error';
import { judge } from './repetition';

/** An open session. */
export interface LoggedIn {
	/** Secret: whoever has it acts as the user. */
	sessionName: string;
	userId: string;
	/** Version of vtiger's web services. */
	version: string;
	vtigerVersion: string;
	/** The whole answer, for raw output. */
	raw: JsonObject;
}

/** A run of the node: once user or key were refused, it logs in no more. */
export interface LoginRun {
	refusal: PartnerError | undefined;
	/** The last login that could not connect, for those that waited for it. */
	noConnection?: { error: LoginError; at: number };
}

/** A first login, and three more with a fresh challenge each. */
const ATTEMPTS = 4;
const SHORTEST_PAUSE = 50;

/** What a wrong key brings, and so does a challenge that another client's replaced. */
const SPOILT = new Set(['INVALID_AUTH_TOKEN', 'INVALID_USER_CREDENTIALS']);

/**
 * Logs in: asks for a challenge and answers it (docs/protocols/clientright.md, 2.1 and 3.1).
 *
 * A user has one challenge at a time, and a new one replaces it (docs/protocols/vtiger.md, 4.5). Within
 * this process the logins of a user therefore wait for each other; one that a client elsewhere
 * spoilt is tried again, after pauses that chance spreads apart.
 *
 * @param run remembers a refusal
 * @throws LoginError, after which nothing but logins was sent
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
			return await repeating(
				async () => await logInOnce(crm, signal),
				(error) => judge(error, 'read'),
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
	const token = isObject(result) ? asText(result.token) : '';
	if (token === '') throw unexpectedLogin('getchallenge gave no token');
	return token;
}

/** vtiger calls it `sessionName`, the CRM's own samples `sessionId` (docs/protocols/clientright.md, 3.3). */
function readLogin(result: unknown): Omit<LoggedIn, 'raw'> {
	const login = isObject(result) ? result : {};
	const sessionName = asText(login.sessionName) || asText(login.sessionId);
	if (sessionName === '') throw unexpectedLogin('login gave no session');
	return {
		sessionName,
		userId: asText(login.userId),
		version: asText(login.version),
		vtigerVersion: asText(login.vtigerVersion),
	};
}

function isSpoilt(error: unknown): boolean {
	return error instanceof RemoteError && SPOILT.has(error.code);
}

/** Long enough for another client to end its login, and of random length, lest both come again. */
function pauseAfter(attempt: number, lastDuration: number): number {
	const unit = Math.max(SHORTEST_PAUSE, lastDuration);
	return unit * (0.5 + Math.random() * 2 ** attempt);
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
