import type { PartnerSystem } from '../system';
import { exapiControlRoutes } from './control-routes';
import { ExapiCrm } from './crm';
import { createCrmState, partnerKey, partnersOf, type ExapiOptions } from './crm-state';
import { exapiEntryPoint } from './entry-point';
import { ExapiPartner } from './partner';

/**
 * Both sides of exapi: a CRM with signed messages at `/exapi`, and a partner that sends such
 * messages to another CRM; controls of both at `/control/exapi`.
 */
export interface ExapiSystem extends PartnerSystem {
	readonly crm: ExapiCrm;
	readonly partner: ExapiPartner;
}

export function createExapiSystem(options: ExapiOptions = {}): ExapiSystem {
	const state = createCrmState(options);
	const crm = new ExapiCrm(state, options);
	const partner = new ExapiPartner((sender) => partnerKey(state, sender));
	return {
		name: 'exapi',
		crm,
		partner,
		mount(app) {
			app.use('/exapi', exapiEntryPoint(state));
			app.use('/control/exapi', exapiControlRoutes(crm, partner));
		},
		describe(baseUrl) {
			const [[sender, secrets] = ['', '']] = Object.entries(partnersOf(options));
			return {
				title: 'exapi: the CRM',
				credential: [
					['URL', `${baseUrl}/exapi`],
					['Sender', sender],
					['Secret', [secrets].flat().join(' or ')],
					['CRM Time Zone', state.timeZone],
				],
				controlUrl: `${baseUrl}/control/exapi`,
			};
		},
	};
}
