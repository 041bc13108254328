import type { ConnectionStatistics } from '../connections';
import { SandboxControlError } from '../control';
import {
	checkPoints,
	type Electrician,
	type ElectricianChange,
	type ElectricianSeed,
} from './electricians';
import type { Fault, PlannedFault } from './faults';
import { askDistributor, type CheckExchange, type PortalCheck } from './portal-check';
import { resetPortalState, type ElektrikOptions, type PortalState } from './portal-state';
import type { ReceivedUpdate, UpdateOutcome, UpdateStatistics } from './request-log';

/** An electrician with what happened to it; a copy, as of now. */
export type ElectricianView = Electrician & {
	/** md5 of phone and uid: what distributors and portal call the electrician by. */
	phoneHash: string;
	/** How many requests stored points. */
	timesUpdated: number;
};

export type ElektrikStatistics = UpdateStatistics & ConnectionStatistics & { electricians: number };

/** The controls of a sandbox portal. All returned values are copies. */
export class ElektrikPortal {
	constructor(
		private readonly state: PortalState,
		private readonly options: ElektrikOptions,
	) {}

	/** In the order in which they were put in. */
	electricians(): ElectricianView[] {
		return this.state.electricians.all().map((electrician) => this.view(electrician));
	}

	/** @param phone 7 and ten digits */
	electrician(phone: string): ElectricianView | undefined {
		const electrician = this.state.electricians.find(phone);
		return electrician && this.view(electrician);
	}

	/** @throws SandboxControlError for a phone that is none, or is there already */
	seed(...seeds: ElectricianSeed[]): ElectricianView[] {
		return seeds.map((seed) => this.view(this.state.electricians.add(seed)));
	}

	/** @throws SandboxControlError for a phone that is not there, or points that cannot be */
	changeElectrician(phone: string, change: ElectricianChange): ElectricianView {
		const electrician = this.state.electricians.find(phone);
		if (!electrician) throw noElectrician(phone);
		const { name = electrician.name, points = electrician.points } = change;
		checkPoints(points);
		Object.assign(electrician, { name, points });
		return this.view(electrician);
	}

	/** @throws SandboxControlError for a phone that is not there */
	removeElectrician(phone: string): void {
		if (!this.state.electricians.remove(phone)) throw noElectrician(phone);
	}

	/** md5 of a phone (7 and ten digits) and the distributor's uid, as the portal writes phones. */
	phoneHash(phone: string): string {
		return this.state.electricians.hashOf(phone);
	}

	/** Asks a distributor's webhook about an electrician, see {@link askDistributor}. */
	async check(check: PortalCheck): Promise<CheckExchange> {
		return await askDistributor(check, this.state.electricians);
	}

	/** The latest requests, oldest first. */
	requests(filter: { phone?: string; outcome?: UpdateOutcome } = {}): ReceivedUpdate[] {
		return this.state.log
			.list()
			.filter(({ phone }) => filter.phone === undefined || phone === filter.phone)
			.filter(({ outcome }) => filter.outcome === undefined || outcome === filter.outcome);
	}

	statistics(): ElektrikStatistics {
		return {
			...this.state.log.statistics(),
			...this.state.connections.statistics(),
			electricians: this.state.electricians.all().length,
		};
	}

	/** @throws SandboxControlError for a fault that cannot be played */
	injectFault(fault: Fault): PlannedFault {
		return this.state.faults.add(fault);
	}

	/** All faults since the last clearing, spent ones too. */
	faults(): PlannedFault[] {
		return this.state.faults.list();
	}

	clearFaults(): void {
		this.state.faults.clear();
	}

	/** Gives the distributor another uid: hashes made with the old one are nobody's any more. */
	setUid(uid: string): void {
		this.state.electricians.uid = uid;
	}

	/** Everything as when the sandbox was created; connections stay open. */
	reset(): void {
		resetPortalState(this.state, this.options);
	}

	private view(electrician: Electrician): ElectricianView {
		return {
			...electrician,
			phoneHash: this.phoneHash(electrician.phone),
			timesUpdated: this.state.log.timesUpdated(electrician.phone),
		};
	}
}

export function noElectrician(phone: string): SandboxControlError {
	return new SandboxControlError(`There is no electrician with the phone "${phone}"`, 404);
}
