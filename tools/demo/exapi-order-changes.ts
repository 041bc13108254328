import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf, type ExecutionOutcome } from '../n8n/execution';
import type { N8nRest } from '../n8n/rest';
import { sandboxExapiApi } from './exapi-orders';
import type { Story } from './story';

const STARTED_WITHIN_MS = 90_000;

interface Change {
	orderId: string;
	status: string;
	revision: number;
}

/** An order that changes in the CRM starts a workflow. */
export const exapiOrderChanges: Story = {
	title: 'exapi: orders that changed in the CRM',
	workflow: 'exapi-order-changes.json',
	credentials: sandboxExapiApi,

	async run({ rest, sandbox }, workflowId) {
		const { crm } = sandbox.exapi;
		const earlier = await rest.executionIds(workflowId);
		for (const { orderId } of crm.orders().slice(0, 2)) {
			crm.changeOrder(orderId, { status: 'confirmed', call: { state: 1, comment: 'Подтвердил' } });
		}
		// The first poll comes with the publication.
		await rest.activate(workflowId);
		const outcome = await newExecution(rest, workflowId, earlier);
		const changes = outcome
			? outputOf(outcome, 'What changed').map(({ json }) => json as unknown as Change)
			: [];
		const problems = outcome?.error ? [outcome.error.message] : [];
		for (const { orderId, status, updateRevision } of crm.orders()) {
			const change = changes.find((candidate) => candidate.orderId === orderId);
			if (change?.status !== status || change.revision !== updateRevision) {
				problems.push(`The change of order ${orderId} did not arrive.`);
			}
		}
		return {
			table: [
				['Order', 'Status', 'Revision'],
				...changes.map(({ orderId, status, revision }) => [orderId, status, String(revision)]),
			],
			problems,
		};
	},
};

/** @param earlier ids of executions of an earlier start */
async function newExecution(
	rest: N8nRest,
	workflowId: string,
	earlier: readonly string[],
): Promise<ExecutionOutcome | undefined> {
	const until = Date.now() + STARTED_WITHIN_MS;
	while (Date.now() < until) {
		const id = (await rest.executionIds(workflowId)).find((each) => !earlier.includes(each));
		if (id !== undefined) return await rest.executionEnded(id);
		await sleep(500);
	}
	return undefined;
}
