import { createHash } from 'node:crypto';
import type { ExapiCredential } from './credential';

/** For how long an answer shows that the CRM accepts this sender. */
const TRUST_MILLISECONDS = 60_000;
const MAX_GATES = 1_000;

/**
 * Lets one call of a sender go ahead alone until the CRM has answered it. A CRM counts refused
 * requests and bans (exapi.md, points 6 and 7): with a wrong secret one request must fail, not as
 * many as run side by side.
 */
export class AdmissionGate {
	private trustedUntil = 0;
	private scout: Promise<void> | undefined;

	/** Whether the CRM has accepted this sender and secret a short while ago. */
	get isOpen(): boolean {
		return Date.now() < this.trustedUntil;
	}

	/**
	 * Runs a call, alone while the gate is not open.
	 *
	 * @param mayGo asked when the call's turn has come; throws to keep it from being sent
	 */
	async pass<T>(call: () => Promise<T>, mayGo: () => void): Promise<T> {
		while (!this.isOpen && this.scout) await this.scout;
		mayGo();
		if (this.isOpen) return await call();
		const running = call();
		const scout = running.then(
			() => undefined,
			() => undefined,
		);
		this.scout = scout;
		void scout.then(() => {
			if (this.scout === scout) this.scout = undefined;
		});
		return await running;
	}

	/** To be called for each properly signed answer. */
	accepted(): void {
		this.trustedUntil = Date.now() + TRUST_MILLISECONDS;
	}

	/** To be called when the CRM refused a request. */
	refused(): void {
		this.trustedUntil = 0;
	}
}

const gates = new Map<string, AdmissionGate>();

/** One gate for a process and credential; a changed secret is another credential. */
export function gateFor({ url, key }: ExapiCredential): AdmissionGate {
	const id = createHash('sha256')
		.update(JSON.stringify([url, key.sender, key.secret]))
		.digest('hex');
	const gate = gates.get(id) ?? new AdmissionGate();
	gates.delete(id);
	gates.set(id, gate);
	if (gates.size > MAX_GATES) gates.delete(gates.keys().next().value!);
	return gate;
}
