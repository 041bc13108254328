import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { PartnerError } from '../../shared/errors';
import { HttpFailure } from '../../shared/http';
import type { ExapiCredential } from './credential';
import { notSentWhileRefused, type Refusal } from './failures';

/** Minutes without a request: after the first refusal, after the second in a row, and so on. */
const PAUSES = [1, 2, 4, 8, 10] as const;
const MINUTE = 60_000;
/** Ambiguous responses in a row that a sender with signed answers gets before they are a refusal. */
const AMBIGUOUS_LIMIT = 3;
/** n8n tests a credential each time it is opened or saved, and CRMs ban after several refused requests. */
const MAX_REFUSED_TESTS = 3;

/** Why a call is made; some may be sent although the CRM refused the sender. */
export type CallPurpose =
	| 'operation'
	/** The one status request after a lost answer, which the user asked for in the node. */
	| 'lostAnswer'
	/** The user's explicit test of the credential. */
	| 'credentialTest';

/**
 * Records how a CRM has treated one address, sender and secret since this process started.
 *
 * A CRM refuses a sender by closing the connection, and bans after several refused requests
 * (docs/protocols/exapi.md, 1.6, 1.7 and 1.9). A proxy turns the closed connection into HTTP 502 or an
 * empty response, and a CRM that is down looks the same: these responses are ambiguous.
 */
export class SenderState {
	private hasSignedAnswer = false;
	private ambiguousInARow = 0;
	private refusalsInARow = 0;
	private refusedTests = 0;
	private refusedLostAnswer = false;
	private latest: Refusal | undefined;

	/** Whether the CRM accepts this sender, with no sign of a change since its latest signed answer. */
	get isAccepted(): boolean {
		return this.hasSignedAnswer && this.ambiguousInARow === 0 && this.latest === undefined;
	}

	/** Whether this process has had a signed answer. */
	get wasAccepted(): boolean {
		return this.hasSignedAnswer;
	}

	/** The refusal that the next response has to lift; none if the CRM accepts the sender. */
	get refusal(): Refusal | undefined {
		return this.latest;
	}

	/** Whether a refused sender may send a request now. */
	mayTry(purpose: CallPurpose): boolean {
		if (this.latest === undefined || isDue(this.latest)) return true;
		if (purpose === 'credentialTest') return this.refusedTests < MAX_REFUSED_TESTS;
		return purpose === 'lostAnswer' && !this.refusedLostAnswer;
	}

	/** Records a signed answer: it proves that the CRM accepts the sender, and ends a refusal. */
	accept(): void {
		this.hasSignedAnswer = true;
		this.ambiguousInARow = 0;
		this.refusalsInARow = 0;
		this.refusedTests = 0;
		this.refusedLostAnswer = false;
		this.latest = undefined;
	}

	/** Counts an ambiguous response, and returns whether it has to be treated as a refusal. */
	countAmbiguous(): boolean {
		this.ambiguousInARow += 1;
		return (
			!this.hasSignedAnswer || this.latest !== undefined || this.ambiguousInARow >= AMBIGUOUS_LIMIT
		);
	}

	/** Records a refusal. From now on, nothing is sent until the pause is over. */
	refuse({ message, description, details }: PartnerError, purpose: CallPurpose): void {
		if (purpose === 'credentialTest') this.refusedTests += 1;
		if (purpose === 'lostAnswer') this.refusedLostAnswer = true;
		// Refusals of parallel or early requests count as one: only a due attempt lengthens the pause.
		if (this.latest === undefined || isDue(this.latest)) this.refusalsInARow += 1;
		const minutes = PAUSES[this.refusalsInARow - 1] ?? PAUSES[PAUSES.length - 1]!;
		const at = Date.now();
		const { cause } = details;
		this.latest = { message, description, cause, at, nextTryAt: at + minutes * MINUTE };
	}
}

/** Whether the pause is over. Setting the clock back must not prolong it. */
function isDue({ at, nextTryAt }: Refusal): boolean {
	const now = Date.now();
	return now >= nextTryAt || now < at;
}

/** How long to wait for the first call. A CRM refuses immediately; one that takes longer is busy or unavailable. */
const LONGEST_WAIT = 2_000;
const MAX_GATES = 1_000;

/** A call that waits to be sent. */
export interface GatedCall {
	purpose: CallPurpose;
	/** Moment at which to stop waiting for the first call, see {@link waitLimit}. */
	waitUntil: number;
	signal?: AbortSignal | undefined;
	/** Zone of the moments in errors. */
	timeZone: string;
	/** Called when the call is about to be sent; throws to keep it from being sent. */
	beforeSend(): void;
}

/** Returns how long a call may wait for another: it has to leave time for its own response. */
export function waitLimit(timeout: number): number {
	return Date.now() + Math.min(LONGEST_WAIT, timeout / 2);
}

/**
 * Sends the first call of a sender alone, until the CRM has signed an answer. With a wrong secret, only
 * one request is refused, instead of as many as run in parallel. While the CRM refuses the sender,
 * nothing is sent, see {@link SenderState}.
 */
export class FirstCallGate {
	readonly sender = new SenderState();
	private firstCall: Promise<void> | undefined;

	/**
	 * Sends a call when it may be sent.
	 *
	 * @param send sends it; called with the milliseconds that the call has waited
	 * @throws PartnerError with outcome `notSent` if the CRM refuses the sender
	 */
	async pass<T>(send: (waited: number) => Promise<T>, call: GatedCall): Promise<T> {
		const arrivedAt = Date.now();
		let waited = 0;
		while (this.firstCall && !this.sender.isAccepted && Date.now() < call.waitUntil) {
			await settledOrOver(this.firstCall, call.waitUntil - Date.now(), call.signal);
			if (call.signal?.aborted) {
				throw new HttpFailure('cancelled', 'The execution was stopped').beforeSending();
			}
			waited = Date.now() - arrivedAt;
		}
		// No `await` from here to the sending: two calls that waited must not both be the first.
		call.beforeSend();
		this.checkRefusal(call);
		if (this.sender.isAccepted || this.firstCall) return await send(waited);
		const running = send(waited);
		const settled = running.then(
			() => undefined,
			() => undefined,
		);
		this.firstCall = settled;
		void settled.then(() => {
			if (this.firstCall === settled) this.firstCall = undefined;
		});
		return await running;
	}

	private checkRefusal({ purpose, timeZone }: GatedCall): void {
		const { refusal } = this.sender;
		if (!refusal) return;
		const isTried = this.firstCall !== undefined && purpose !== 'credentialTest';
		if (isTried || !this.sender.mayTry(purpose)) {
			throw notSentWhileRefused(refusal, timeZone, isTried);
		}
	}
}

const gates = new LRUCache<string, FirstCallGate>({ max: MAX_GATES });

/** Returns the gate of a credential in this process; a changed secret is another credential. */
export function gateFor({ url, key }: ExapiCredential): FirstCallGate {
	const id = createHash('sha256')
		.update(JSON.stringify([url, key.sender, key.secret]))
		.digest('hex');
	const gate = gates.get(id) ?? new FirstCallGate();
	gates.set(id, gate);
	return gate;
}

/** Resolves when the call has settled, the time is over or the execution was stopped. */
async function settledOrOver(
	call: Promise<void>,
	milliseconds: number,
	signal: AbortSignal | undefined,
): Promise<void> {
	await new Promise<void>((resolve) => {
		const done = () => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, milliseconds);
		signal?.addEventListener('abort', done);
		void call.then(done);
		if (signal?.aborted) done();
	});
}
