import { SandboxControlError } from '../control';
import {
	checkCount,
	checkFinalStatus,
	FaultPlan,
	type FaultTiming,
	type Planned,
} from '../fault-plan';
import type { ReceivedUpdate } from './request-log';

/** What goes wrong, see {@link Fault}. */
type FaultEffect =
	/** `drop`: the connection is closed without a byte. `reset`: it breaks halfway through the answer. */
	| { kind: 'drop' | 'reset' }
	/** HTTP 200: without a body, with an HTML page, with the first half of the answer. */
	| { kind: 'empty' | 'html' | 'truncated' }
	/** The right answer behind a PHP warning, a byte order mark. */
	| { kind: 'warning' | 'byteOrderMark' }
	/** The right answer, late. */
	| { kind: 'delay'; ms: number }
	/** Another HTTP status, with an HTML page. `parseRetryAfter`: seconds or an HTTP date. */
	| { kind: 'status'; status: number; retryAfter?: number | string }
	/**
	 * `error`: `result: false` with this text, the portal's failure (docs/protocols/elektrik.md, 3.4);
	 * `unsuccessful`: `success: false` with it, which the portal does not describe.
	 */
	| { kind: 'error' | 'unsuccessful'; message?: string };

/**
 * A fault to inject. It strikes every request that the portal would answer. `carryOut` is by
 * default true for what spoils or delays an answer (`delay`, `reset`, `truncated`, `warning`,
 * `byteOrderMark`), false for what takes its place. A delayed request that is not carried out first
 * is afterwards, if the client still waits.
 */
export type Fault = FaultEffect &
	FaultTiming & {
		/** Strikes only the updates of this electrician. */
		phone?: string;
	};

export type FaultKind = Fault['kind'];

/** A fault in the plan. */
export type PlannedFault = Planned<Fault>;

/** The faults to come for one portal. */
export type ElektrikFaultPlan = FaultPlan<Fault, ReceivedUpdate>;

const CARRIES_OUT_FIRST: Readonly<Record<FaultKind, boolean>> = {
	drop: false,
	empty: false,
	html: false,
	status: false,
	error: false,
	unsuccessful: false,
	delay: true,
	reset: true,
	truncated: true,
	warning: true,
	byteOrderMark: true,
};

export const FAULT_KINDS = Object.keys(CARRIES_OUT_FIRST) as FaultKind[];

/** See {@link Fault}, `carryOut`. */
export function carriesOutFirst(fault: Fault): boolean {
	return fault.carryOut ?? CARRIES_OUT_FIRST[fault.kind];
}

export function createFaultPlan(): ElektrikFaultPlan {
	return new FaultPlan(checkFault, (fault, { phone }) => (fault.phone ?? phone) === phone);
}

function checkFault(fault: Fault): void {
	if (!FAULT_KINDS.includes(fault.kind)) {
		throw new SandboxControlError(`"kind" must be one of: ${FAULT_KINDS.join(', ')}`);
	}
	if (fault.kind === 'delay') checkCount('ms', fault.ms);
	if (fault.kind === 'status') checkFinalStatus('status', fault.status);
}
