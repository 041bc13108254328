import { COMMON_KINDS, type CommonFault, type FaultOptions, type FaultRules } from '../core/faults';
import type { LogEntry } from '../core/log';

/** What the portal makes of a request; the middle two are those of docs/protocols/elektrik.md, 3.5. */
export type UpdateOutcome = 'updated' | 'uidIncorrect' | 'phoneHashIncorrect' | 'notUnderstood';

/** A request to the portal, without its uid. `carriedOut`: whether the points were stored. */
export interface ReceivedUpdate extends LogEntry {
	/** These two as sent; `null` where absent. */
	phoneHash: unknown;
	points: unknown;
	/** Whose hash it is; `null` for an unknown one. */
	phone: string | null;
	/** What the request would come to; a fault may prevent it, see `carriedOut`. */
	outcome: UpdateOutcome;
}

/**
 * A fault to inject. It applies to every request that the portal would answer. Of its own, the
 * portal has `error`: `result: false` with this text, its failure (docs/protocols/elektrik.md, 3.4);
 * and `unsuccessful`: `success: false` with it, which the portal does not describe.
 */
export type Fault = (CommonFault | { kind: 'error' | 'unsuccessful'; message?: string }) &
	FaultOptions & {
		/** Applies only to updates of this electrician. */
		phone?: string;
	};

export type FaultKind = Fault['kind'];

export const FAULT_RULES: FaultRules<Fault, ReceivedUpdate> = {
	kinds: { ...COMMON_KINDS, error: false, unsuccessful: false },
	fields: { message: 'text' },
	selectors: ['phone'],
};

export const FAULT_KINDS = Object.keys(FAULT_RULES.kinds) as FaultKind[];
