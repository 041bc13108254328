import { createSandbox, type SandboxOptions } from '../../sandbox/server';
import type { ClientRightCrm } from '../../sandbox/clientright';
import { runNode, type NodeOutcome, type NodeRun } from './engine';

/** Invented; never shown anywhere, which the tests check. */
export const ACCESS_KEY = 'neverToBeSeen7d1f';
export const USERNAME = 'api';

/** A sandbox CRM of its own and our node beside it. */
export interface ClientRightBench {
	crm: ClientRightCrm;
	/** The whole address of its webservice.php. */
	url: string;
	/** Runs an operation, `contact.upsert` for example. */
	run(
		operation: string,
		parameters: NodeRun['parameters'],
		more?: Partial<NodeRun> & { credential?: Record<string, string> },
	): Promise<NodeOutcome>;
	stop(): Promise<void>;
}

export async function startClientRightBench(
	options: SandboxOptions['clientright'] = {},
): Promise<ClientRightBench> {
	const sandbox = createSandbox({
		clientright: { users: { [USERNAME]: ACCESS_KEY }, ...options },
	});
	const { clientright } = await sandbox.start();
	return {
		crm: sandbox.clientright.crm,
		url: clientright.url,
		stop: async () => await sandbox.stop(),
		run: async (operation, parameters, { credential, ...more } = {}) => {
			const [resource, name] = operation.split('.');
			return await runNode({
				node: 'clientRight',
				parameters: { resource, operation: name, ...parameters },
				credentials: {
					clientRightApi: {
						url: clientright.url,
						username: USERNAME,
						accessKey: ACCESS_KEY,
						allowUnauthorizedCerts: false,
						...credential,
					},
				},
				...more,
			});
		},
	};
}

/** An example of a client (docs/protocols/clientright.md, 5.1). */
export const CONTACT = {
	firstName: 'Василий',
	lastName: 'Пупкинидзе',
	mobile: '+7(900) 000-00-01',
	birthday: '1986-11-15',
	inn: '321654987654',
};

/** An example of a company (docs/protocols/clientright.md, 6.1). */
export const ACCOUNT = {
	accountName: 'ООО "Три бобра"',
	inn: '1234567899',
	ogrn: '32165498711',
};

export const mapped = { dataMode: 'autoMapInputData' };
export const retried = { retryOnFail: true, maxTries: 5, waitBetweenTries: 1 };
