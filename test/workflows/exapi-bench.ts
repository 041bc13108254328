import { createSandbox, type Sandbox } from '../../sandbox/server';
import type { ExapiCrm } from '../../sandbox/exapi/crm';
import { runNode, type NodeOutcome, type NodeRun } from './engine';

/** Invented; never shown anywhere, which the tests check. */
export const SECRET = 'never-to-be-seen 7d1f';
export const SENDER = 'partner_7';

/** A sandbox CRM of its own and our node beside it. */
export interface ExapiBench {
	crm: ExapiCrm;
	url: string;
	/** Runs an operation, `order.create` for example. */
	run(
		operation: string,
		parameters: NodeRun['parameters'],
		more?: Partial<NodeRun> & { credential?: Record<string, string> },
	): Promise<NodeOutcome>;
	stop(): Promise<void>;
	sandbox: Sandbox;
}

export async function startExapiBench(): Promise<ExapiBench> {
	const sandbox = createSandbox({ exapi: { partners: { [SENDER]: SECRET } } });
	const { exapi } = await sandbox.start();
	return {
		sandbox,
		crm: sandbox.exapi.crm,
		url: exapi.url,
		stop: async () => await sandbox.stop(),
		run: async (operation, parameters, { credential, ...more } = {}) => {
			const [resource, name] = operation.split('.');
			return await runNode({
				node: 'exapi',
				parameters: { resource, operation: name, ...parameters },
				credentials: {
					exapiApi: {
						url: exapi.url,
						sender: SENDER,
						secret: SECRET,
						timeZone: 'Europe/Moscow',
						allowUnauthorizedCerts: false,
						...credential,
					},
				},
				...more,
			});
		},
	};
}
