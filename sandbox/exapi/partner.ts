import { randomUUID } from 'node:crypto';
import { ExapiInputError, type ExapiKey } from '../../nodes/Exapi/protocol';
import { SandboxControlError } from '../control';
import { loopbackUrl, sendToLoopback } from '../loopback';
import { readPartnerAnswer, type PartnerAnswer } from './partner-answer';
import { WRITE_MESSAGE } from './partner-messages';

/** See {@link WRITE_MESSAGE}. `repeated`: the last body sent to this address, word for word. */
export type PartnerMessageKind = keyof typeof WRITE_MESSAGE | 'repeated';

export const PARTNER_MESSAGE_KINDS: readonly PartnerMessageKind[] = [
	'right',
	'wrongSignature',
	'repeated',
	'malformed',
	'badInner',
];

/** What a partner is to send. */
export interface PartnerMessage {
	/** Whole address of the webhook, on this machine. */
	url: string;
	/** Default `right`. */
	kind?: PartnerMessageKind;
	/** Default: the first partner of the sandbox CRM, which is SANDBOX_PARTNER unless told otherwise. */
	sender?: string;
	/** Default: the secret that the sandbox CRM knows of the sender. */
	secret?: string;
	/** Needed, but for `repeated`. */
	method?: string;
	/** Default none. */
	params?: unknown[];
	/** Default: one that was never used. */
	id?: string;
	/** How long to wait for the answer, in milliseconds; default 120,000. */
	timeoutMs?: number;
}

/** What came of it. */
export interface PartnerExchange {
	/** HTTP status, or `closed`: the connection ended without an answer, as refused ones do. */
	status: number | 'closed';
	answer: PartnerAnswer;
	/** Text of the answer; '' when there was none. */
	body: string;
	/** Text of the POST. */
	sent: string;
	/** `id` of the request sent. */
	id: string;
}

interface SentMessage {
	body: string;
	key: ExapiKey;
	id: string;
}

/** A partner of exapi, which sends its requests to a CRM that somebody else built. */
export class ExapiPartner {
	private readonly lastTo = new Map<string, SentMessage>();

	/** @param keyOf the key of a sender, or the default one; `undefined` where there is none */
	constructor(private readonly keyOf: (sender?: string) => ExapiKey | undefined) {}

	/**
	 * Sends one message and reads the answer.
	 *
	 * @throws SandboxControlError for a message that cannot be written, an address that is not of
	 *   this machine, and when nothing listens there or no answer comes
	 */
	async send(message: PartnerMessage): Promise<PartnerExchange> {
		const { href } = loopbackUrl(message.url);
		const { body, key, id } =
			message.kind === 'repeated' ? this.last(href) : this.write(message, message.kind ?? 'right');
		this.lastTo.set(href, { body, key, id });
		const answer = await sendToLoopback(href, {
			headers: { 'Content-Type': 'application/json' },
			body,
			timeoutMs: message.timeoutMs,
		});
		if (answer === 'closed') {
			const reason = 'The connection was closed without an answer';
			return { status: 'closed', answer: { verified: false, reason }, body: '', sent: body, id };
		}
		const opened = readPartnerAnswer(answer.body, key, id);
		return { status: answer.status, answer: opened, body: answer.body, sent: body, id };
	}

	/** Forgets what was sent. */
	reset(): void {
		this.lastTo.clear();
	}

	private last(href: string): SentMessage {
		const last = this.lastTo.get(href);
		if (last) return last;
		throw new SandboxControlError(
			'Nothing was sent to this address yet that could be repeated',
			409,
		);
	}

	private write(message: PartnerMessage, kind: keyof typeof WRITE_MESSAGE): SentMessage {
		const { method, params = [], id = randomUUID() } = message;
		if (!Object.hasOwn(WRITE_MESSAGE, kind)) {
			throw new SandboxControlError(`"kind" must be one of: ${PARTNER_MESSAGE_KINDS.join(', ')}`);
		}
		if (method === undefined) throw new SandboxControlError('"method" is missing');
		const key = this.keyFor(message);
		try {
			return { body: WRITE_MESSAGE[kind]({ method, params, id }, key), key, id };
		} catch (error) {
			if (!(error instanceof ExapiInputError)) throw error;
			throw new SandboxControlError(`"${error.field}" ${error.message}`);
		}
	}

	private keyFor({ sender, secret }: PartnerMessage): ExapiKey {
		const known = this.keyOf(sender);
		const key = { sender: sender ?? known?.sender, secret: secret ?? known?.secret };
		if (key.sender !== undefined && key.secret !== undefined) {
			return { sender: key.sender, secret: key.secret };
		}
		throw new SandboxControlError('The sandbox knows no secret of this sender: give "secret" too');
	}
}
