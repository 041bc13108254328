import { controlRouter } from '../core/control-routes';
import type { PartnerSystem } from '../core/controls';
import { elektrikEntryPoint } from './entry-point';
import { FAULT_KINDS } from './faults';
import { createState, ElektrikPortal, type ElektrikOptions } from './portal';

export type { CheckExchange, CheckProtocol, PortalCheck } from './check';
export { SAMPLE_ELECTRICIANS } from './electricians';
export { FAULT_KINDS, type Fault, type FaultKind } from './faults';
export { SANDBOX_DISTRIBUTOR, type ElektrikOptions } from './portal';

/** Elektrik.ru: takes points at `/elektrik/integration/`, controls at `/control/elektrik`. */
export interface ElektrikSystem extends PartnerSystem {
	readonly portal: ElektrikPortal;
}

/** @throws SandboxControlError for invalid electricians */
export function createElektrikSystem(options: ElektrikOptions = {}): ElektrikSystem {
	const state = createState(options);
	const portal = new ElektrikPortal(state, options);
	const routes = portal.routes();
	return {
		name: 'elektrik',
		portal,
		mount(app) {
			app.use('/elektrik/integration', elektrikEntryPoint(state));
			app.use('/control/elektrik', controlRouter(routes));
		},
		describe(baseUrl) {
			return {
				title: 'Elektrik.ru: the portal',
				credential: [
					['URL', `${baseUrl}/elektrik/integration/`],
					['UID', state.electricians.uid],
				],
				controlUrl: `${baseUrl}/control/elektrik`,
				faults: FAULT_KINDS,
				routes,
			};
		},
	};
}
