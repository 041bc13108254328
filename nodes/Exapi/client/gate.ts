import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { HttpFailure } from '../../shared/http';
import type { ExapiCredential } from './credential';
import { notSentWhileRefused } from './failures';
import { type CallPurpose, SenderState } from './sender-state';

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
