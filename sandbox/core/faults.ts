import { checkCount, checkFields, checkOneOf, SandboxControlError, type FieldKinds } from './input';

/** The faults that every system has. */
export type CommonFault =
	/** The connection is closed without a byte. */
	| { kind: 'drop' }
	/**
	 * Half of the response, or its first `at` bytes: `reset` announces all of them and breaks the
	 * connection, `truncated` ends as if that were all.
	 */
	| { kind: 'reset' | 'truncated'; at?: number }
	/** HTTP 200: without a body, or with an HTML page. */
	| { kind: 'empty' | 'html' }
	/** The right response after a PHP warning, or after a byte order mark. */
	| { kind: 'warning' | 'byteOrderMark' }
	/** The right response, late. */
	| { kind: 'delay'; ms: number }
	/** Another HTTP status, with an HTML page. `retryAfter`: seconds or an HTTP date. */
	| { kind: 'status'; status: number; retryAfter?: number | string };

export type CommonKind = CommonFault['kind'];

/** Which requests a fault applies to, and when. */
export interface FaultOptions {
	/**
	 * Whether the request is executed before the fault applies. Each kind has its default: yes for
	 * what spoils or delays a response, no for what replaces it. A delayed request that is not
	 * executed first is executed afterwards, if the client still waits.
	 */
	carryOut?: boolean;
	/** How many requests it applies to; default 1. */
	times?: number | 'always';
	/** How many requests it lets pass first; default 0. */
	skip?: number;
	/** How long it waits before it applies, in milliseconds. */
	ms?: number;
}

interface AnyFault extends FaultOptions {
	kind: string;
	at?: number;
	status?: number;
}

/** A fault in the plan. */
export type Planned<Fault> = Fault & {
	/** From 1 on. */
	id: number;
	struck: number;
	/** Requests it still lets pass. */
	skipLeft: number;
};

/** Whether the request is executed first by default, for the kinds that every system has. */
export const COMMON_KINDS: Readonly<Record<CommonKind, boolean>> = {
	drop: false,
	reset: true,
	truncated: true,
	empty: false,
	html: false,
	warning: true,
	byteOrderMark: true,
	delay: true,
	status: false,
};

const COMMON_FIELDS: FieldKinds = {
	kind: 'text',
	at: 'any',
	ms: 'any',
	status: 'any',
	retryAfter: 'any',
	carryOut: 'yes or no',
	times: 'any',
	skip: 'any',
};

/** What a system says about its faults. */
export interface FaultRules<Fault extends AnyFault, Entry> {
	/** All kinds, and whether the request is executed first by default. */
	kinds: Readonly<Record<Fault['kind'], boolean>>;
	/** Fields of the system's own kinds. */
	fields: FieldKinds;
	/** Fields of a fault that the request's entry in the log must have as well, where they are given. */
	selectors: ReadonlyArray<keyof Fault & keyof Entry & string>;
	/** Requests that only a fault with a selector applies to. */
	isApart?(entry: Entry): boolean;
	/** @throws SandboxControlError for a fault that cannot be played */
	check?(fault: Fault): void;
}

/** The faults to come. Of several that fit a request, the one injected first applies. */
export class FaultPlan<Fault extends AnyFault, Entry> {
	private faults: Array<Planned<Fault>> = [];
	private lastId = 0;

	constructor(private readonly rules: FaultRules<Fault, Entry>) {}

	/** @throws SandboxControlError for a fault that cannot be played */
	add(fault: Fault): Planned<Fault> {
		this.check(fault);
		this.lastId += 1;
		const planned = { ...fault, id: this.lastId, struck: 0, skipLeft: fault.skip ?? 0 };
		this.faults.push(planned);
		return { ...planned };
	}

	/** Returns the fault that applies to this request, counted off. */
	take(entry: Entry): Fault | undefined {
		for (const fault of this.faults) {
			if (!this.concerns(fault, entry) || isSpent(fault)) continue;
			if (fault.skipLeft > 0) {
				fault.skipLeft -= 1;
				continue;
			}
			fault.struck += 1;
			return fault;
		}
		return undefined;
	}

	/** See {@link FaultOptions.carryOut}. */
	carriesOutFirst(fault: Fault): boolean {
		return fault.carryOut ?? this.rules.kinds[fault.kind as Fault['kind']];
	}

	/** All faults since the last clearing, spent ones too. */
	list(): Array<Planned<Fault>> {
		return this.faults.map((fault) => ({ ...fault }));
	}

	clear(): void {
		this.faults = [];
	}

	private concerns(fault: Fault, entry: Entry): boolean {
		const given = this.rules.selectors.filter((name) => fault[name] !== undefined);
		if (given.length === 0) return !this.rules.isApart?.(entry);
		return given.every((name) => String(fault[name]) === String(entry[name]));
	}

	private check(fault: Fault): void {
		const { kinds, fields, selectors } = this.rules;
		const asText = Object.fromEntries(selectors.map((name) => [name, 'text'] as const));
		const given = Object.entries(fault).filter(([, value]) => value !== undefined);
		checkFields(Object.fromEntries(given), { ...COMMON_FIELDS, ...fields, ...asText });
		checkOneOf('kind', fault.kind, Object.keys(kinds));
		if (fault.kind === 'delay') checkCount('ms', fault.ms);
		if (fault.kind === 'status') checkFinalStatus(fault.status);
		const { ms = 0, at = 0, skip = 0, times = 1 } = fault;
		for (const [name, value] of Object.entries({ ms, at, skip })) checkCount(name, value);
		if (times !== 'always') checkCount('times', times);
		this.rules.check?.(fault);
	}
}

function checkFinalStatus(status: unknown): void {
	if (Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599) return;
	throw new SandboxControlError('"status" must be an HTTP status from 200 to 599');
}

function isSpent({ times = 1, struck }: Planned<AnyFault>): boolean {
	return times !== 'always' && struck >= times;
}
