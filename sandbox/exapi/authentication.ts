import { ExapiRequestError, openRequest, type OpenedRequest } from '../../nodes/Exapi/protocol';
import { isObject, parseJson, textOf } from '../../nodes/shared/wire';

/** Failures that ban an address and sender. */
const MAX_FAILURES = 5;

/** Failed requests of an address on behalf of a partner; `sender` is '' for unknown ones. */
export interface FailureCount {
	address: string;
	sender: string;
	failures: number;
	banned: boolean;
}

/**
 * Decides which requests the CRM accepts: by signature, then by bans (docs/protocols/exapi.md, 1.6
 * and 1.7). A ban lasts until it is lifted, and excludes correctly signed requests too.
 */
export class Authentication {
	private readonly counts = new Map<string, FailureCount>();

	/** @param partners secrets by sender */
	constructor(private readonly partners: ReadonlyMap<string, string>) {}

	/**
	 * @param body text of the POST
	 * @throws ExapiRequestError as {@link openRequest}, and for banned ones
	 */
	authenticate(body: string, address: string): OpenedRequest {
		const sender = this.knownSenderIn(body);
		const key = JSON.stringify([address, sender]);
		const count = this.counts.get(key) ?? { address, sender, failures: 0, banned: false };
		if (count.banned) throw new ExapiRequestError('Banned');
		try {
			return openRequest(body, (name) => [this.partners.get(name) ?? []].flat());
		} catch (error) {
			if (!(error instanceof ExapiRequestError && error.answerTo)) {
				count.failures += 1;
				count.banned = count.failures >= MAX_FAILURES;
				this.counts.set(key, count);
			}
			throw error;
		}
	}

	failures(): FailureCount[] {
		return structuredClone([...this.counts.values()]);
	}

	/** Lifts all bans and forgets all failures. */
	clear(): void {
		this.counts.clear();
	}

	/** Invented senders share one count, so that they cannot fill the memory. */
	private knownSenderIn(body: string): string {
		const message = parseJson(body);
		const sender = isObject(message) ? textOf(message.sender) : '';
		return this.partners.has(sender) ? sender : '';
	}
}
