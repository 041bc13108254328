import { SandboxControlError } from './control';

/** Which requests a fault strikes, and whether they are carried out all the same. */
export interface FaultTiming {
	/** Whether the request is carried out before the fault strikes; each kind has its default. */
	carryOut?: boolean;
	/** How many requests it strikes; default 1. */
	times?: number | 'always';
	/** How many requests it would strike it lets pass first; default 0. */
	skip?: number;
}

/** A fault in the plan. */
export type Planned<F extends FaultTiming> = F & {
	/** From 1 on. */
	id: number;
	struck: number;
	/** Requests it still lets pass. */
	skipLeft: number;
};

/** The faults to come. Of several that fit a request, the one injected first strikes. */
export class FaultPlan<F extends FaultTiming, Request> {
	private faults: Array<Planned<F>> = [];
	private lastId = 0;

	/**
	 * @param check throws a SandboxControlError for a fault that cannot be played
	 * @param concerns whether a fault is meant for such a request
	 */
	constructor(
		private readonly check: (fault: F) => void,
		private readonly concerns: (fault: F, request: Request) => boolean,
	) {}

	/** @throws SandboxControlError for a fault that cannot be played */
	add(fault: F): Planned<F> {
		this.check(fault);
		if (fault.times !== 'always') checkCount('times', fault.times ?? 1);
		checkCount('skip', fault.skip ?? 0);
		this.lastId += 1;
		const planned = { ...fault, id: this.lastId, struck: 0, skipLeft: fault.skip ?? 0 };
		this.faults.push(planned);
		return { ...planned };
	}

	/** The fault that strikes this request, counted off. */
	take(request: Request): F | undefined {
		for (const fault of this.faults) {
			if (!this.concerns(fault, request) || isSpent(fault)) continue;
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
	list(): Array<Planned<F>> {
		return this.faults.map((fault) => ({ ...fault }));
	}

	clear(): void {
		this.faults = [];
	}
}

/** @throws SandboxControlError, as the one below, naming the value that cannot be */
export function checkCount(name: string, value: unknown): void {
	if (Number.isInteger(value) && Number(value) >= 0) return;
	throw new SandboxControlError(`"${name}" must be a whole number, 0 or more`);
}

export function checkFinalStatus(name: string, value: unknown): void {
	if (Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599) return;
	throw new SandboxControlError(`"${name}" must be an HTTP status from 200 to 599`);
}

function isSpent({ times = 1, struck }: Planned<FaultTiming>): boolean {
	return times !== 'always' && struck >= times;
}
