import type { Express } from 'express';
import type { ControlRoute } from './control-routes';
import type { FaultOptions, FaultPlan, Planned } from './faults';
import { lastIn, objectIn } from './input';
import type { LogEntry, RequestLog } from './log';

/** One partner system of the sandbox: `sandbox/<name>/` contains everything about it. */
export interface PartnerSystem {
	/** Also the last part of its addresses: `/control/<name>`. */
	readonly name: string;
	/** Adds its entry points and its control API. */
	mount(app: Express): void;
	/** @param baseUrl address of the running sandbox, without a slash at its end */
	describe(baseUrl: string): SystemDescription;
}

/** What a person needs to use a system from n8n. */
export interface SystemDescription {
	title: string;
	/** Labels and values of the n8n credential. */
	credential: ReadonlyArray<readonly [label: string, value: string]>;
	controlUrl: string;
	/** The kinds of faults that it can play. */
	faults: readonly string[];
	/** Its control API. */
	routes: readonly ControlRoute[];
}

/** The controls that every system has. All returned values are copies. */
export abstract class Controls<
	Fault extends FaultOptions & { kind: string },
	Entry extends LogEntry,
	State extends { log: RequestLog<Entry>; faults: FaultPlan<Fault, Entry> },
> {
	constructor(protected readonly state: State) {}

	/**
	 * The latest requests, oldest first.
	 *
	 * @param filter values that fields must have
	 */
	requests(filter: Partial<Entry> = {}): Entry[] {
		return this.state.log.list(filter);
	}

	/** @throws SandboxControlError for a fault that cannot be played */
	injectFault(fault: Fault): Planned<Fault> {
		return this.state.faults.add(fault);
	}

	/** All faults since the last clearing, spent ones too. */
	faults(): Array<Planned<Fault>> {
		return this.state.faults.list();
	}

	clearFaults(): void {
		this.state.faults.clear();
	}

	/** Restores everything as when the sandbox was created; connections stay open. */
	abstract reset(): void;

	/** What the page shows about the system as a whole. */
	abstract overview(): object;

	/** The part of the control API that every system has. */
	commonRoutes(): ControlRoute[] {
		return [
			{
				method: 'GET',
				path: '/',
				about: 'Returns the faults, and what else the page shows about the system as a whole',
				run: () => this.overview(),
			},
			{
				method: 'POST',
				path: '/reset',
				about: 'Restores everything as when the sandbox was started',
				run: () => {
					this.reset();
					return this.overview();
				},
			},
			{
				method: 'GET',
				path: '/requests',
				about: 'Lists the requests received, oldest first; `?last=20`, `?<field>=<value>`',
				run: ({ query: { last, ...filter } }) => this.state.log.list(filter, lastIn({ last })),
			},
			{
				method: 'GET',
				path: '/faults',
				about: 'Lists the faults that were switched on',
				run: () => this.faults(),
			},
			{
				method: 'POST',
				path: '/faults',
				about: 'Switches a fault on',
				// The plan checks what it is given.
				run: ({ body }) => this.injectFault(objectIn(body) as unknown as Fault),
			},
			{
				method: 'DELETE',
				path: '/faults',
				about: 'Switches all faults off',
				run: () => this.clearFaults(),
			},
		];
	}
}
