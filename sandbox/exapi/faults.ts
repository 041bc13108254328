import type { ExapiRequest } from '../../nodes/Exapi/protocol';
import { SandboxControlError } from '../control';
import {
	checkCount,
	checkFinalStatus,
	FaultPlan,
	type FaultTiming,
	type Planned,
} from '../fault-plan';
import { orderIdIn } from './methods';

/** What goes wrong, see {@link Fault}. */
type FaultEffect =
	/** `drop`: the connection is closed without a byte. `reset`: it breaks halfway through the answer. */
	| { kind: 'drop' | 'reset' }
	/** HTTP 200: without a body, with an HTML page, with the first half of the answer. */
	| { kind: 'empty' | 'html' | 'truncated' }
	/** Whole answers: signed with another secret, signed for another request, `result: false`. */
	| { kind: 'wrongSignature' | 'otherId' | 'false' }
	/** The right answer, late. */
	| { kind: 'delay'; ms: number }
	/** Another HTTP status, with an HTML page. `parseRetryAfter`: seconds or an HTTP date. */
	| { kind: 'status'; status: number; retryAfter?: number | string }
	/** A signed answer whose `error` is this text. */
	| { kind: 'error'; message?: string };

/**
 * A fault to inject. It strikes rightly signed requests only. `carryOut` is by default true for
 * what spoils or delays an answer (`delay`, `reset`, `truncated`, `wrongSignature`, `otherId`),
 * false for what takes its place. A delayed request that is not carried out first is afterwards,
 * if the client still waits.
 */
export type Fault = FaultEffect &
	FaultTiming & {
		/** Strikes this method only. */
		method?: string;
		/** Strikes only the `addOrder` of this order number. */
		orderId?: string;
	};

export type FaultKind = Fault['kind'];

/** A fault in the plan. */
export type PlannedFault = Planned<Fault>;

const SPOILS_AN_ANSWER: Readonly<Record<FaultKind, boolean>> = {
	drop: false,
	empty: false,
	html: false,
	status: false,
	error: false,
	false: false,
	delay: true,
	reset: true,
	truncated: true,
	wrongSignature: true,
	otherId: true,
};

export const FAULT_KINDS = Object.keys(SPOILS_AN_ANSWER) as FaultKind[];

/** See {@link Fault}, `carryOut`. */
export function carriesOutFirst(fault: Fault): boolean {
	return fault.carryOut ?? SPOILS_AN_ANSWER[fault.kind];
}

/** The faults to come for one CRM. */
export type ExapiFaultPlan = FaultPlan<Fault, ExapiRequest>;

export function createFaultPlan(): ExapiFaultPlan {
	return new FaultPlan(checkFault, concerns);
}

function concerns(fault: Fault, request: ExapiRequest): boolean {
	if (fault.method !== undefined && fault.method !== request.method) return false;
	return fault.orderId === undefined || fault.orderId === orderIdIn(request);
}

function checkFault(fault: Fault): void {
	if (!FAULT_KINDS.includes(fault.kind)) {
		throw new SandboxControlError(`"kind" must be one of: ${FAULT_KINDS.join(', ')}`);
	}
	if (fault.kind === 'delay') checkCount('ms', fault.ms);
	if (fault.kind === 'status') checkFinalStatus('status', fault.status);
}
