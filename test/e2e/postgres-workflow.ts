import { outputOf } from '../../tools/n8n/execution';
import type { PostgresServer } from '../../tools/n8n/postgres';
import type { N8nRest } from '../../tools/n8n/rest';
import type { CredentialDefinition } from '../../tools/n8n/workflow';
import { startedByHand } from './trigger-workflows';

/** n8n's own credential for a PostgreSQL server of the tests. */
export function postgresCredential(server: PostgresServer): CredentialDefinition {
	const { port, user, password, database } = server;
	return {
		id: 'postgresOfTests0',
		name: 'PostgreSQL of the tests',
		type: 'postgres',
		data: { host: '127.0.0.1', port, user, password, database, ssl: 'disable' },
	};
}

/** Makes a function that runs SQL by n8n's own node, and gives the rows. */
export function sqlRunner(
	rest: N8nRest,
	{ id: credentialId, name }: CredentialDefinition,
): (query: string) => Promise<Array<Record<string, unknown>>> {
	return async (query) => {
		const { id } = await rest.createWorkflow({
			name: 'SQL',
			nodes: [
				{ ...startedByHand(), name: 'Start', position: [0, 0] },
				{
					name: 'SQL',
					type: 'n8n-nodes-base.postgres',
					typeVersion: 2.6,
					position: [200, 0],
					parameters: { operation: 'executeQuery', query, options: {} },
					credentials: { postgres: { id: credentialId, name } },
				},
			],
			connections: { Start: { main: [[{ node: 'SQL', type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1' },
		});
		const outcome = await rest.runWorkflow(id);
		if (outcome.error) throw new Error(outcome.error.message);
		return outputOf(outcome, 'SQL').map(({ json }) => json);
	};
}
