import { randomUUID } from 'node:crypto';
import {
	ExapiAnswerError,
	ExapiInputError,
	openAnswer,
	sign,
	writeRequest,
	type ExapiKey,
	type ExapiRequest,
} from '../../nodes/Exapi/protocol';
import { isObject, parseJson } from '../../nodes/shared/wire';
import type { ControlRoute } from '../core/control-routes';
import {
	checkFields,
	checkOneOf,
	objectIn,
	SandboxControlError,
	type FieldKinds,
} from '../core/input';
import { loopbackUrl, sendToLoopback } from '../core/loopback';
import { partnerKey, type ExapiState, type SentMessage } from './state';

type WriteMessage = (request: ExapiRequest, key: ExapiKey) => string;

/**
 * What a partner may put into a POST, by kind:
 * - `right`: signed as it must be;
 * - `wrongSignature`: signed with another secret;
 * - `malformed`: the message is broken JSON;
 * - `badInner`: rightly signed, but the request in it is broken JSON.
 */
const WRITE_MESSAGE = {
	right: writeRequest,
	wrongSignature: (request, key) => writeRequest(request, { ...key, secret: randomUUID() }),
	malformed: (request, key) => withoutEnd(writeRequest(request, key)),
	badInner: (request, key) => {
		const text = withoutEnd(JSON.stringify(request));
		return JSON.stringify({ sender: key.sender, sign: sign(text, key), request: text });
	},
} as const satisfies Record<string, WriteMessage>;

function withoutEnd(json: string): string {
	return json.slice(0, -1);
}

/** What a partner may believe of an answer: all of it, when it is signed for it, or nothing. */
export type PartnerAnswer =
	| { verified: true; result: unknown; error: unknown; id: unknown }
	/** `reason`: why it is not believed. */
	| { verified: false; reason: string };

/** See {@link WRITE_MESSAGE}. `repeated`: the last body sent to this address, word for word. */
export type PartnerMessageKind = keyof typeof WRITE_MESSAGE | 'repeated';

const MESSAGE: FieldKinds = {
	url: 'text',
	kind: 'text',
	sender: 'text',
	secret: 'text',
	method: 'text',
	params: 'list',
	id: 'text',
	timeoutMs: 'number',
};

/** What a partner is to send. */
export interface PartnerMessage {
	/** Whole address of the webhook, on this machine. */
	url: string;
	/** Default `right`. */
	kind?: PartnerMessageKind;
	/** Default: the first partner of the sandbox CRM, which is SANDBOX_PARTNER by default. */
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

/** A partner of exapi, which sends its requests to a CRM that was built by others. */
export class ExapiPartner {
	constructor(private readonly state: ExapiState) {}

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
		this.state.sent.set(href, { body, key, id });
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

	/** The part of the control API that is about the partner. */
	routes(): ControlRoute[] {
		return [
			{
				method: 'POST',
				path: '/send',
				about: 'Sends a request to a webhook on this machine, as a partner does',
				run: async ({ body }) => {
					const message = objectIn(body);
					checkFields(message, MESSAGE);
					if (typeof message.url === 'string')
						return await this.send({ ...message, url: message.url });
					throw new SandboxControlError('"url" is missing: the whole address of the webhook');
				},
			},
		];
	}

	private last(href: string): SentMessage {
		const last = this.state.sent.get(href);
		if (last) return last;
		throw new SandboxControlError(
			'Nothing was sent to this address yet that could be repeated',
			409,
		);
	}

	private write(message: PartnerMessage, kind: keyof typeof WRITE_MESSAGE): SentMessage {
		const { method, params = [], id = randomUUID() } = message;
		checkOneOf('kind', kind, [...Object.keys(WRITE_MESSAGE), 'repeated']);
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
		const known = partnerKey(this.state, sender);
		const key = { sender: sender ?? known?.sender, secret: secret ?? known?.secret };
		if (key.sender !== undefined && key.secret !== undefined) {
			return { sender: key.sender, secret: key.secret };
		}
		throw new SandboxControlError('The sandbox knows no secret of this sender: give "secret" too');
	}
}

/**
 * Opens an answer as a partner does that takes docs/protocols/exapi.md to the letter: the body is
 * JSON from its first byte on, signed, and belongs to the request.
 *
 * @param id of the request
 */
function readPartnerAnswer(body: string, key: ExapiKey, id: string): PartnerAnswer {
	try {
		openAnswer(body, key, id);
	} catch (error) {
		if (!(error instanceof ExapiAnswerError)) throw error;
		if (error.fault !== 'remoteError') return { verified: false, reason: reasonOf(error) };
	}
	const envelope = parseJson(body);
	const answer = isObject(envelope) ? parseJson(String(envelope.answer)) : undefined;
	if (!isObject(answer)) {
		return { verified: false, reason: 'There is other text in front of the signed answer' };
	}
	return { verified: true, result: answer.result, error: answer.error, id: answer.id };
}

function reasonOf({ message, detail }: ExapiAnswerError): string {
	return detail === '' ? message : `${message}: ${detail}`;
}
