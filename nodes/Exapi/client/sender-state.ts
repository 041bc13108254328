import type { PartnerError } from '../../shared/errors';

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

/** The latest refusal of a sender, without any secret. */
export interface Refusal {
	message: string;
	description: string;
	/** The system's error, if the CRM closed the connection. */
	cause: Error | undefined;
	at: number;
	/** Nothing is sent before this moment; then one request is, and its response decides. */
	nextTryAt: number;
}

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
