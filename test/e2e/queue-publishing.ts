import type { RedisServer } from '../peers/redis-server';
import { Partner } from './partner';
import type { QueueHost } from './queue-host';
import { KEY, OTHER, type Chain, type TriggerParameters } from './trigger-cases';
import { triggerWorkflow } from './trigger-workflows';

/** A workflow behind a trigger that both webhook processors serve. */
export interface Published {
	/** The same partner, sending to the one and to the other. */
	partners: [Partner, Partner];
	executions: () => Promise<number>;
}

export type Publish = (
	path: string,
	parameters: TriggerParameters,
	...chains: Chain[]
) => Promise<Published>;

/** Stores what triggers need and gives a way to publish them. */
export async function publishing(
	{ rest, webhooks }: QueueHost,
	memory: RedisServer,
): Promise<Publish> {
	const partners = JSON.stringify({ [KEY.sender]: KEY.secret, [OTHER.sender]: OTHER.secret });
	const partnersId = await rest.createCredential({
		name: 'Partners',
		type: 'exapiPartnersApi',
		data: { partners },
	});
	const redisId = await rest.createCredential({
		name: 'Redis',
		type: 'redis',
		data: { host: '127.0.0.1', port: memory.port, database: 0, user: '', password: '', ssl: false },
	});
	return async (path, parameters, ...chains) => {
		const workflow = triggerWorkflow(path, partnersId, parameters, ...chains);
		workflow.nodes[0]!.credentials!.redis = { id: redisId, name: 'Redis' };
		const { id } = await rest.createWorkflow(workflow);
		await rest.activate(id);
		const [first, second] = webhooks.map(({ url }) => new Partner(`${url}/webhook/${path}`, KEY));
		return {
			partners: [first!, second!],
			executions: async () => (await rest.executionIds(id)).length,
		};
	};
}
