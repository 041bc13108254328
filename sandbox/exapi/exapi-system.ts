import type { PartnerSystem } from '../system';
import { exapiControlRoutes } from './control-routes';
import { ExapiCrm } from './crm';
import { createCrmState, partnersOf, type ExapiOptions } from './crm-state';
import { exapiEntryPoint } from './entry-point';

/** The CRM side of exapi: signed messages at `/exapi`, controls at `/control/exapi`. */
export interface ExapiSystem extends PartnerSystem {
	readonly crm: ExapiCrm;
}

export function createExapiSystem(options: ExapiOptions = {}): ExapiSystem {
	const state = createCrmState(options);
	const crm = new ExapiCrm(state, options);
	return {
		name: 'exapi',
		crm,
		mount(app) {
			app.use('/exapi', exapiEntryPoint(state));
			app.use('/control/exapi', exapiControlRoutes(crm));
		},
		describe(baseUrl) {
			const [[sender, secrets] = ['', '']] = Object.entries(partnersOf(options));
			return {
				title: 'exapi: the CRM',
				credential: [
					['URL', `${baseUrl}/exapi`],
					['Sender', sender],
					['Secret', [secrets].flat().join(' or ')],
					['Time Zone', state.timeZone],
				],
				controlUrl: `${baseUrl}/control/exapi`,
			};
		},
	};
}
