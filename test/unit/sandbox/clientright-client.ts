import { createHash } from 'node:crypto';
import { SANDBOX_USER } from '../../../sandbox/clientright';

/** An answer of the CRM, as JSON. */
export interface VtigerAnswer {
	success: boolean;
	result?: unknown;
	error?: { message: string; code: string | number };
}

/** A client that does what docs/protocols/clientright.md says, and nothing more. */
export class VtigerClient {
	/** @param url of `webservice.php` */
	constructor(
		readonly url: string,
		private readonly user: { username: string; accessKey: string } = SANDBOX_USER,
	) {}

	async challenge(): Promise<string> {
		const query = new URLSearchParams({
			operation: 'getchallenge',
			username: this.user.username,
		});
		const response = await fetch(`${this.url}?${query.toString()}`);
		const { result } = (await response.json()) as { result: { token: string } };
		return result.token;
	}

	/** Answers a challenge, a new one when none is given. */
	async answer(token?: string): Promise<VtigerAnswer> {
		const accessKey = createHash('md5')
			.update((token ?? (await this.challenge())) + this.user.accessKey)
			.digest('hex');
		return await this.post({ operation: 'login', username: this.user.username, accessKey });
	}

	/** @returns the session's name */
	async logIn(): Promise<string> {
		const { result, error } = await this.answer();
		if (!result) throw new Error(`No login: ${error?.code}`);
		return Object.entries(result).filter(([name]) => name.startsWith('session'))[0]?.[1] as string;
	}

	async post(parameters: Record<string, string>, signal?: AbortSignal): Promise<VtigerAnswer> {
		const response = await this.send(parameters, signal);
		return (await response.json()) as VtigerAnswer;
	}

	send(parameters: Record<string, string>, signal?: AbortSignal): Promise<Response> {
		return fetch(this.url, { method: 'POST', body: new URLSearchParams(parameters), signal });
	}

	contact(
		sessionName: string,
		mobile: string,
		fields: Record<string, string> = {},
		signal?: AbortSignal,
	): Promise<VtigerAnswer> {
		return this.post({ ...contactOf(sessionName, mobile), ...fields }, signal);
	}

	account(
		sessionName: string,
		inn: string,
		fields: Record<string, string> = {},
	): Promise<VtigerAnswer> {
		const [accountname, ogrn] = ['ООО "Три бобра"', '32165498711'];
		return this.post({
			operation: 'CreateAccount',
			sessionName,
			accountname,
			inn,
			ogrn,
			...fields,
		});
	}
}

export function contactOf(sessionName: string, mobile: string): Record<string, string> {
	return {
		operation: 'CreateContact',
		sessionName,
		firstname: 'Василий',
		lastname: 'Пупкинидзе',
		birthday: '1986-11-15',
		mobile,
		inn: '321654987654',
	};
}
