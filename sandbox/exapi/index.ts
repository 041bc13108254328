import { controlRouter } from '../core/control-routes';
import type { PartnerSystem } from '../core/controls';
import { ExapiCrm } from './crm';
import { exapiEntryPoint } from './entry-point';
import { FAULT_KINDS } from './faults';
import { ExapiPartner } from './partner';
import { createState, partnerKey, type ExapiOptions } from './state';

export type { ExapiCrm, OrderView } from './crm';
export { FAULT_KINDS, type Fault, type FaultKind } from './faults';
export { SAMPLE_ORDERS } from './orders';
export type { PartnerExchange, PartnerMessage } from './partner';
export type { Quirks } from './quirks';
export { SANDBOX_PARTNER, type ExapiOptions } from './state';

/**
 * Both sides of exapi: a CRM with signed messages at `/exapi`, and a partner that sends such
 * messages to another CRM; controls of both at `/control/exapi`.
 */
export interface ExapiSystem extends PartnerSystem {
	readonly crm: ExapiCrm;
	readonly partner: ExapiPartner;
}

export function createExapiSystem(options: ExapiOptions = {}): ExapiSystem {
	const state = createState(options);
	const crm = new ExapiCrm(state, options);
	const partner = new ExapiPartner(state);
	const routes = [...crm.routes(), ...partner.routes()];
	return {
		name: 'exapi',
		crm,
		partner,
		mount(app) {
			app.use('/exapi', exapiEntryPoint(state));
			app.use('/control/exapi', controlRouter(routes));
		},
		describe(baseUrl) {
			const { sender, secret } = partnerKey(state) ?? { sender: '', secret: '' };
			return {
				title: 'exapi: the CRM',
				credential: [
					['URL', `${baseUrl}/exapi`],
					['Sender', sender],
					['Secret', secret],
					['CRM Time Zone', state.timeZone],
				],
				controlUrl: `${baseUrl}/control/exapi`,
				faults: FAULT_KINDS,
				routes,
			};
		},
	};
}
