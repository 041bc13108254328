import type { PartnerSystem } from '../system';
import { elektrikControlRoutes } from './control-routes';
import { elektrikEntryPoint } from './entry-point';
import { ElektrikPortal } from './portal';
import { createPortalState, uidOf, type ElektrikOptions } from './portal-state';

/** Elektrik.ru: takes points at `/elektrik/integration/`, controls at `/control/elektrik`. */
export interface ElektrikSystem extends PartnerSystem {
	readonly portal: ElektrikPortal;
}

/** @throws SandboxControlError for electricians that cannot be */
export function createElektrikSystem(options: ElektrikOptions = {}): ElektrikSystem {
	const state = createPortalState(options);
	const portal = new ElektrikPortal(state, options);
	return {
		name: 'elektrik',
		portal,
		mount(app) {
			app.use('/elektrik/integration', elektrikEntryPoint(state));
			app.use('/control/elektrik', elektrikControlRoutes(portal));
		},
		describe(baseUrl) {
			return {
				title: 'Elektrik.ru: the portal',
				credential: [
					['URL', `${baseUrl}/elektrik/integration/`],
					['UID', uidOf(options)],
				],
				controlUrl: `${baseUrl}/control/elektrik`,
			};
		},
	};
}
