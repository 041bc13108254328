import { ExapiRequestError, openRequest, type OpenedRequest } from '../../nodes/Exapi/protocol';
import { isObject, parseJson, textOf } from '../../nodes/shared/wire';

/** Failed requests of an address in the name of a partner; `sender` is '' for unknown ones. */
export interface FailureCount {
	address: string;
	sender: string;
	failures: number;
	banned: boolean;
}

/**
 * Decides which requests the CRM listens to: signature, then bans
 * (docs/protocols/exapi.md, 1.6 and 1.7). A ban lasts until it is lifted, and shuts out rightly signed requests too.
 */
export class Admission {
	private readonly counts = new Map<string, Omit<FailureCount, 'banned'>>();

	/**
	 * @param partners secrets by sender; several while a secret is being changed
	 * @param maxFailures failures that ban; `null`: nobody is banned
	 */
	constructor(
		readonly partners: Map<string, readonly string[]>,
		public maxFailures: number | null,
	) {}

	/**
	 * @param body text of the POST
	 * @throws ExapiRequestError as {@link openRequest}, and for banned ones
	 */
	admit(body: string, address: string): OpenedRequest {
		const sender = this.knownSenderIn(body);
		const count = this.countOf(address, sender);
		if (this.isBanned(count)) throw new ExapiRequestError('Banned');
		try {
			return openRequest(body, (name) => this.secretsOf(name));
		} catch (error) {
			if (!(error instanceof ExapiRequestError && error.answerTo)) {
				count.failures += 1;
				this.counts.set(JSON.stringify([address, sender]), count);
			}
			throw error;
		}
	}

	failures(): FailureCount[] {
		return [...this.counts.values()].map((count) => ({ ...count, banned: this.isBanned(count) }));
	}

	/** Lifts all bans and forgets all failures. */
	reset(): void {
		this.counts.clear();
	}

	private secretsOf(sender: string): readonly string[] {
		return this.partners.get(sender) ?? [];
	}

	/** Invented senders share one count, so that they cannot fill the memory. */
	private knownSenderIn(body: string): string {
		const message = parseJson(body);
		const sender = isObject(message) ? textOf(message.sender) : '';
		return this.partners.has(sender) ? sender : '';
	}

	private countOf(address: string, sender: string): Omit<FailureCount, 'banned'> {
		return this.counts.get(JSON.stringify([address, sender])) ?? { address, sender, failures: 0 };
	}

	private isBanned({ failures }: { failures: number }): boolean {
		return this.maxFailures !== null && failures >= this.maxFailures;
	}
}
