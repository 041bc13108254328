import type { PartnerSystem } from '../system';
import { clientRightControlRoutes } from './control-routes';
import { ClientRightCrm } from './crm';
import { createCrmState, usersOf, type ClientRightOptions } from './crm-state';
import { clientRightEntryPoint } from './entry-point';

/**
 * ClientRight CRM, a vtiger: `webservice.php` and `storage/` below `/clientright`, controls at
 * `/control/clientright`.
 */
export interface ClientRightSystem extends PartnerSystem {
	readonly crm: ClientRightCrm;
}

export function createClientRightSystem(options: ClientRightOptions = {}): ClientRightSystem {
	const state = createCrmState(options);
	const crm = new ClientRightCrm(state, options);
	return {
		name: 'clientright',
		crm,
		mount(app) {
			app.use('/clientright', clientRightEntryPoint(state));
			app.use('/control/clientright', clientRightControlRoutes(crm));
		},
		describe(baseUrl) {
			const [[username, { accessKey }] = ['', { accessKey: '' }]] = usersOf(options);
			return {
				title: 'ClientRight CRM: a vtiger',
				credential: [
					['URL', `${baseUrl}/clientright/webservice.php`],
					['Username', username],
					['Access Key', accessKey],
				],
				controlUrl: `${baseUrl}/control/clientright`,
			};
		},
	};
}
