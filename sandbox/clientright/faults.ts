import { SandboxControlError } from '../control';
import {
	checkCount,
	checkFinalStatus,
	FaultPlan,
	type FaultTiming,
	type Planned,
} from '../fault-plan';
import type { ReceivedCall } from './request-log';
import { SESSION_ENDS, type SessionEnd } from './webservice-error';

/** What goes wrong, see {@link Fault}. */
type FaultEffect =
	/** `drop`: the connection is closed without a byte. `reset`: it breaks halfway through the answer. */
	| { kind: 'drop' | 'reset' }
	/** HTTP 200: without a body, with an HTML page, with the first half of the answer. */
	| { kind: 'empty' | 'html' | 'truncated' }
	/** The right answer behind a PHP warning, a byte order mark; with bytes that are not UTF-8. */
	| { kind: 'warning' | 'byteOrderMark' | 'invalidUtf8' }
	/** HTTP 500 with an empty body, as PHP answers when it breaks off. */
	| { kind: 'fatal' }
	/** The right answer, late. */
	| { kind: 'delay'; ms: number }
	/** Another HTTP status, with an HTML page. `parseRetryAfter`: seconds or an HTTP date. */
	| { kind: 'status'; status: number; retryAfter?: number | string }
	/** `success: false`; default: vtiger's `INTERNAL_SERVER_ERROR`. */
	| { kind: 'error'; code?: string | number; message?: string }
	/** `success: true` with the status `" failed"` (docs/protocols/clientright.md, 4.3). */
	| { kind: 'failed'; message?: string }
	/** `success: true` with this `result`. */
	| { kind: 'result'; result: unknown }
	/** The session is over; default `INVALID_SESSIONID`. */
	| { kind: 'sessionLost'; code?: SessionEnd };

/**
 * A fault to inject. It strikes calls that vtiger lets through to an operation, login included,
 * and holds their session meanwhile; downloads only where `operation` says so. `carryOut` is by
 * default true for what spoils, hides or delays an answer (`delay`, `reset`, `truncated`, `empty`,
 * `warning`, `byteOrderMark`, `invalidUtf8`), false for what takes its place. A delayed call that is
 * not carried out first is afterwards, if the client still waits.
 */
export type Fault = FaultEffect &
	FaultTiming & {
		/** Strikes this operation only; `download`: files. */
		operation?: string;
		/** Strikes only the upserts of this mobile (contacts) or INN (accounts). */
		key?: string;
		/** How long it waits before it strikes, in milliseconds. */
		ms?: number;
	};

export type FaultKind = Fault['kind'];

/** A fault in the plan. */
export type PlannedFault = Planned<Fault>;

/** The faults to come for one CRM. */
export type ClientRightFaultPlan = FaultPlan<Fault, ReceivedCall>;

const CARRIES_OUT_FIRST: Readonly<Record<FaultKind, boolean>> = {
	drop: false,
	html: false,
	fatal: false,
	status: false,
	error: false,
	failed: false,
	result: false,
	sessionLost: false,
	delay: true,
	reset: true,
	empty: true,
	truncated: true,
	warning: true,
	byteOrderMark: true,
	invalidUtf8: true,
};

export const FAULT_KINDS = Object.keys(CARRIES_OUT_FIRST) as FaultKind[];

/** See {@link Fault}, `carryOut`. */
export function carriesOutFirst(fault: Fault): boolean {
	return fault.carryOut ?? CARRIES_OUT_FIRST[fault.kind];
}

export function createFaultPlan(): ClientRightFaultPlan {
	return new FaultPlan(checkFault, concerns);
}

function concerns(fault: Fault, { operation, key }: ReceivedCall): boolean {
	if (fault.operation === undefined && operation === 'download') return false;
	if (fault.operation !== undefined && fault.operation !== operation) return false;
	return fault.key === undefined || fault.key === key;
}

function checkFault(fault: Fault): void {
	if (!FAULT_KINDS.includes(fault.kind)) {
		throw new SandboxControlError(`"kind" must be one of: ${FAULT_KINDS.join(', ')}`);
	}
	if (fault.kind === 'delay' || fault.ms !== undefined) checkCount('ms', fault.ms);
	if (fault.kind === 'status') checkFinalStatus('status', fault.status);
	const { kind } = fault;
	if (kind === 'sessionLost' && !SESSION_ENDS.includes(fault.code ?? 'INVALID_SESSIONID')) {
		throw new SandboxControlError(`"code" must be one of: ${SESSION_ENDS.join(', ')}`);
	}
}
