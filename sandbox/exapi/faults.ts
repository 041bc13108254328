import type { RequestId } from '../../nodes/Exapi/protocol';
import { COMMON_KINDS, type CommonFault, type FaultOptions, type FaultRules } from '../core/faults';
import type { LogEntry } from '../core/log';

/** A request to the entry point, authenticated or not. */
export interface ReceivedRequest extends LogEntry {
	admitted: boolean;
	/** Why it was refused. */
	refusal: string | null;
	/** These four are `null` where the request was not authenticated. */
	sender: string | null;
	method: string | null;
	params: unknown[] | null;
	id: RequestId;
	/** The number of the order that an `addOrder` brings. */
	orderId: string | null;
}

/**
 * A fault to inject. It applies to correctly signed requests only. Of its own, exapi has whole
 * answers: signed with another secret, signed for another request, with `result: false`, and with
 * `error`.
 */
export type Fault = (
	| CommonFault
	| { kind: 'wrongSignature' | 'otherId' | 'false' }
	| { kind: 'error'; message?: string }
) &
	FaultOptions & {
		/** Applies to this method only. */
		method?: string;
		/** Applies only to the `addOrder` of this order number. */
		orderId?: string;
	};

export type FaultKind = Fault['kind'];

export const FAULT_RULES: FaultRules<Fault, ReceivedRequest> = {
	kinds: { ...COMMON_KINDS, wrongSignature: true, otherId: true, false: false, error: false },
	fields: { message: 'text' },
	selectors: ['method', 'orderId'],
};

export const FAULT_KINDS = Object.keys(FAULT_RULES.kinds) as FaultKind[];
