import { controlRouter } from '../core/control-routes';
import type { PartnerSystem } from '../core/controls';
import { ClientRightCrm } from './crm';
import { fileOperation } from './documents';
import { clientRightEntryPoint } from './entry-point';
import { FAULT_KINDS } from './faults';
import { OperationTable } from './operation-table';
import { crmOperations, loginOperations } from './operations';
import { queryOperations } from './queries';
import { recordOperations } from './record-operations';
import { createState, usersOf, type ClientRightOptions } from './state';

export type { ClientRightCrm } from './crm';
export { WebserviceError } from './errors';
export { FAULT_KINDS, type Fault, type FaultKind } from './faults';
export { SAMPLE_FILES, type FileSeed } from './documents';
export type { Operation, OperationCall } from './operation-table';
export { PhpExit, PhpFatalError } from './php';
export type { Quirks } from './quirks';
export type { RecordKind } from './records';
export { SANDBOX_USER, type ClientRightOptions } from './state';
export { SAMPLE_WEB_FORMS, type WebForm } from './web-forms';

/**
 * ClientRight CRM, a vtiger: `webservice.php`, `capture.php`, `storage/` and the records' pages below
 * `/clientright`, controls at `/control/clientright`.
 */
export interface ClientRightSystem extends PartnerSystem {
	readonly crm: ClientRightCrm;
}

export function createClientRightSystem(options: ClientRightOptions = {}): ClientRightSystem {
	const state = createState(options);
	const operations = new OperationTable();
	operations.add(...loginOperations(state), ...crmOperations(state));
	operations.add(...recordOperations(state), ...queryOperations(state), fileOperation(state));
	operations.add(...(options.operations ?? []));
	const crm = new ClientRightCrm(state, options);
	const routes = crm.routes();
	return {
		name: 'clientright',
		crm,
		mount(app) {
			app.use('/clientright', clientRightEntryPoint(state, operations));
			app.use('/control/clientright', controlRouter(routes));
		},
		describe(baseUrl) {
			const [[username, accessKey] = ['', '']] = usersOf(options);
			return {
				title: 'ClientRight CRM: a vtiger',
				credential: [
					['URL', `${baseUrl}/clientright/webservice.php`],
					['Username', username],
					['Access Key', accessKey],
				],
				controlUrl: `${baseUrl}/control/clientright`,
				faults: FAULT_KINDS,
				routes,
			};
		},
	};
}
