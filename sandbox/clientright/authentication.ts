import { createHash, randomBytes } from 'node:crypto';
import { WebserviceError, webserviceError } from './errors';
import { newRecord, type StoredRecord, type WireFields } from './records';

/** A user of the CRM; the access key is the one of "My Preferences", not a password. */
export interface CrmUser {
	accessKey: string;
	/** Default true. */
	active?: boolean;
	/** Of the user's record; an administrator with vtiger's defaults where they do not say otherwise. */
	fields?: WireFields;
}

const CHALLENGE_LIFETIME_MS = 300_000;

interface Account {
	username: string;
	accessKey: string;
	active: boolean;
	record: StoredRecord;
	challenge?: { token: string; expiresAt: number };
}

/** The answer to `getchallenge`; times in Unix seconds. */
export interface Challenge {
	token: string;
	serverTime: number;
	expireTime: number;
}

/**
 * Users and their challenges. A user has one challenge at a time, good for any number of logins
 * until it expires or the next one takes its place.
 */
export class Authentication {
	private readonly accounts = new Map<string, Account>();

	/** Adds a user or changes its key; an open challenge stays. */
	set(username: string, { accessKey, active = true, fields = {} }: CrmUser): void {
		const known = this.find(username);
		const record = known?.record ?? newRecord(this.nextId(), 'Users', defaultsOf(username));
		Object.assign(record.fields, fields);
		this.accounts.set(keyOf(username), { ...known, username, record, accessKey, active });
	}

	/** Users and groups share a sequence, and the first groups come after the first user. */
	private nextId(): string {
		return String(this.accounts.size === 0 ? 1 : this.accounts.size + 4);
	}

	/** The records of the module Users. */
	records(): StoredRecord[] {
		return [...this.accounts.values()].map(({ record }) => record);
	}

	/** What the web service asks about who is logged in. */
	userOf(userId: string | null): { isAdmin: boolean; dateFormat: string } {
		const { is_admin, date_format = '' } =
			this.records().find(({ id }) => userId === `19x${id}`)?.fields ?? {};
		return { isAdmin: is_admin === 'on', dateFormat: date_format };
	}

	remove(username: string): void {
		this.accounts.delete(keyOf(username));
	}

	/** All access keys, to be kept out of the log. */
	accessKeys(): string[] {
		return [...this.accounts.values()].map(({ accessKey }) => accessKey);
	}

	/** @throws WebserviceError when there is no such user */
	challenge(username: string): Challenge {
		if (username === '') throw new WebserviceError('ACCESS_DENIED', 'No username given');
		const account = this.find(username);
		if (!account) throw new WebserviceError('ACCESS_DENIED', 'username does not exists');
		const now = Date.now();
		const token = randomBytes(7).toString('hex').slice(1);
		account.challenge = { token, expiresAt: now + CHALLENGE_LIFETIME_MS };
		const serverTime = Math.floor(now / 1000);
		const lifetime = Math.floor(CHALLENGE_LIFETIME_MS / 1000);
		return { token, serverTime, expireTime: serverTime + lifetime };
	}

	/**
	 * @param answer md5 of token and access key, lower-case hex
	 * @throws WebserviceError when the challenge is gone or the answer wrong
	 */
	logIn(username: string, answer: string): StoredRecord {
		const account = this.find(username);
		const challenge = account?.challenge;
		if (!account || !challenge || challenge.expiresAt <= Date.now()) {
			throw webserviceError('INVALID_AUTH_TOKEN');
		}
		const expected = createHash('md5')
			.update(challenge.token + account.accessKey)
			.digest('hex');
		if (answer !== expected || !account.active) throw webserviceError('INVALID_USER_CREDENTIALS');
		return account.record;
	}

	/** As if the lifetime of every open challenge were over. */
	expireChallenges(): void {
		for (const { challenge } of this.accounts.values()) if (challenge) challenge.expiresAt = 0;
	}

	private find(username: string): Account | undefined {
		return this.accounts.get(keyOf(username));
	}
}

function defaultsOf(username: string): WireFields {
	return {
		user_name: username,
		is_admin: 'on',
		last_name: username,
		email1: `${username}@example.test`,
		status: 'Active',
		hour_format: '24',
		date_format: 'yyyy-mm-dd',
		language: 'en_us',
		userlabel: username,
	};
}

/** MySQL compares names without regard to case and to spaces at their end. */
export function keyOf(name: string): string {
	return name.toLowerCase().trimEnd();
}
