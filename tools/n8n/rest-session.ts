import { Problem } from './problem';

const ANSWER_WITHIN_MS = 60_000;

interface N8nError {
	message?: string;
	hint?: string;
}

/** One login to n8n's internal API (`/rest/…`), the one its editor uses. */
export class RestSession {
	/**
	 * @param url of the instance, without a slash at the end
	 * @param cookie of an earlier login; without it, the first answer that sets one is the login
	 */
	constructor(
		readonly url: string,
		private cookie?: string,
	) {}

	/** The login's cookie, as `name=value`; undefined before there was a login. */
	get login(): string | undefined {
		return this.cookie;
	}

	/**
	 * One call; n8n's envelope `{data: …}` is taken off.
	 *
	 * @param path below `/rest`, as `/workflows/1`
	 * @throws Problem with n8n's own words when it answers with an error
	 */
	async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await fetch(`${this.url}/rest${path}`, {
			method,
			headers: {
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...(this.cookie === undefined ? {} : { cookie: this.cookie }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
		});
		this.keepCookie(response);
		const text = await response.text();
		if (!response.ok) throw this.refused(method, path, response.status, text);
		const answer = JSON.parse(text) as { data: T };
		return answer.data;
	}

	private keepCookie(response: Response): void {
		const cookie = response.headers.getSetCookie().find((line) => line.startsWith('n8n-auth='));
		if (cookie !== undefined) this.cookie = cookie.split(';')[0];
	}

	private refused(method: string, path: string, status: number, text: string): Problem {
		let said = text.slice(0, 200);
		try {
			const { message, hint } = JSON.parse(text) as N8nError;
			said = [message, hint].filter(Boolean).join(' ');
		} catch {
			// Not n8n's JSON: the text itself is shown.
		}
		return new Problem(`n8n refused ${method} /rest${path} with ${status}: ${said}`);
	}
}
