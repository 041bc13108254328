import { Redis } from 'ioredis';
import type { NodeOutcome, NodeRun } from '../workflows/engine';

/** n8n's engine with our nodes, as one n8n process has them. */
export type Engine = (run: NodeRun) => Promise<NodeOutcome>;

/** Loads n8n's engine and our nodes anew: what they remember is not what others remember. */
export async function startEngine(): Promise<Engine> {
	let engine: Engine | undefined;
	await jest.isolateModulesAsync(async () => {
		const { runNode } = await import('../workflows/engine');
		// The first run loads our nodes. What is loaded later is loaded once for all.
		await runNode({ node: 'elektrik', parameters: { resource: 'phone' }, credentials: {} });
		engine = runNode;
	});
	return engine!;
}

/** Ends, when it is called, the connections that nodes have opened since. Nodes keep them open. */
export function watchRedisConnections(): () => void {
	const connect = jest.spyOn(Redis.prototype, 'connect');
	return () => {
		for (const client of connect.mock.contexts as Redis[]) client.disconnect();
		connect.mockRestore();
	};
}
