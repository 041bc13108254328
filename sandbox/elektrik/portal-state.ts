import { ConnectionCounter } from '../connections';
import { Electricians, type ElectricianSeed } from './electricians';
import { createFaultPlan, type ElektrikFaultPlan } from './faults';
import { RequestLog } from './request-log';

/** The distributor of a sandbox that is given none. Invented, of no use anywhere else. */
export const SANDBOX_DISTRIBUTOR = { uid: '5a4d0b0e5a4d0b0e5a4d0b0e5a4d0b0e' } as const;

export interface ElektrikOptions {
	/** The distributor's uid; default that of {@link SANDBOX_DISTRIBUTOR}. */
	uid?: string;
	/** Default none. */
	electricians?: readonly ElectricianSeed[];
	/** How many requests are kept to be looked at; default 10,000. */
	keepRequests?: number;
}

/** All that the portal remembers, as far as one distributor is concerned. */
export interface PortalState {
	readonly electricians: Electricians;
	readonly log: RequestLog;
	readonly faults: ElektrikFaultPlan;
	readonly connections: ConnectionCounter;
}

/** @throws SandboxControlError for electricians that cannot be */
export function createPortalState(options: ElektrikOptions): PortalState {
	const state: PortalState = {
		electricians: new Electricians(uidOf(options)),
		log: new RequestLog(options.keepRequests ?? 10_000),
		faults: createFaultPlan(),
		connections: new ConnectionCounter(),
	};
	options.electricians?.forEach((seed) => state.electricians.add(seed));
	return state;
}

/** Takes a portal back to the moment it was created. Connections stay open. */
export function resetPortalState(state: PortalState, options: ElektrikOptions): void {
	state.electricians.clear();
	state.electricians.uid = uidOf(options);
	options.electricians?.forEach((seed) => state.electricians.add(seed));
	state.log.reset();
	state.faults.clear();
	state.connections.reset();
}

export function uidOf({ uid = SANDBOX_DISTRIBUTOR.uid }: ElektrikOptions): string {
	return uid;
}
