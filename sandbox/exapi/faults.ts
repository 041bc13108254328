import type { ExapiRequest } from '../../nodes/Exapi/protocol';
import { SandboxControlError } from '../control';
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
	/** Another HTTP status, with an HTML page. `retryAfter`: seconds or an HTTP date. */
	| { kind: 'status'; status: number; retryAfter?: number | string }
	/** A signed answer whose `error` is this text. */
	| { kind: 'error'; message?: string };

/** A fault to inject. It strikes rightly signed requests only. */
export type Fault = FaultEffect & {
	/** Strikes this method only. */
	method?: string;
	/** Strikes only the `addOrder` of this order number. */
	orderId?: string;
	/**
	 * Whether the request is carried out first, that is, the order stored. Default: true for what
	 * spoils or delays an answer (`delay`, `reset`, `truncated`, `wrongSignature`, `otherId`), false
	 * for what takes its place. A delayed request that is not carried out first is afterwards, if the
	 * client still waits.
	 */
	carryOut?: boolean;
	/** How many requests it strikes; default 1. */
	times?: number | 'always';
	/** How many requests it would strike it lets pass first; default 0. */
	skip?: number;
};

export type FaultKind = Fault['kind'];

/** A fault in the plan. */
export type PlannedFault = Fault & {
	/** From 1 on. */
	id: number;
	struck: number;
	/** Requests it still lets pass. */
	skipLeft: number;
};

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

/** The faults to come. Of several that fit a request, the one injected first strikes. */
export class FaultPlan {
	private faults: PlannedFault[] = [];
	private lastId = 0;

	/** @throws SandboxControlError for a fault that cannot be played */
	add(fault: Fault): PlannedFault {
		checkFault(fault);
		this.lastId += 1;
		const planned = { ...fault, id: this.lastId, struck: 0, skipLeft: fault.skip ?? 0 };
		this.faults.push(planned);
		return { ...planned };
	}

	/** The fault that strikes this request, counted off. */
	take(request: ExapiRequest): Fault | undefined {
		for (const fault of this.faults) {
			if (!concerns(fault, request) || isSpent(fault)) continue;
			if (fault.skipLeft > 0) {
				fault.skipLeft -= 1;
				continue;
			}
			fault.struck += 1;
			return fault;
		}
		return undefined;
	}

	/** All faults since the last clearing, spent ones too. */
	list(): PlannedFault[] {
		return this.faults.map((fault) => ({ ...fault }));
	}

	clear(): void {
		this.faults = [];
	}
}

function concerns(fault: Fault, request: ExapiRequest): boolean {
	if (fault.method !== undefined && fault.method !== request.method) return false;
	return fault.orderId === undefined || fault.orderId === orderIdIn(request);
}

function isSpent({ times = 1, struck }: PlannedFault): boolean {
	return times !== 'always' && struck >= times;
}

function checkFault(fault: Fault): void {
	if (!FAULT_KINDS.includes(fault.kind)) {
		throw new SandboxControlError(`"kind" must be one of: ${FAULT_KINDS.join(', ')}`);
	}
	if (fault.kind === 'delay') checkCount('ms', fault.ms);
	if (fault.kind === 'status' && !isFinalStatus(fault.status)) {
		throw new SandboxControlError('"status" must be an HTTP status from 200 to 599');
	}
	if (fault.times !== 'always') checkCount('times', fault.times ?? 1);
	checkCount('skip', fault.skip ?? 0);
}

function isFinalStatus(status: unknown): boolean {
	return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
}

function checkCount(name: string, value: unknown): void {
	if (Number.isInteger(value) && Number(value) >= 0) return;
	throw new SandboxControlError(`"${name}" must be a whole number, 0 or more`);
}
