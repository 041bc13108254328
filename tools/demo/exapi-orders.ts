import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import type { SandboxAddress } from '../../sandbox/server';
import { outputOf } from '../n8n/execution';
import type { CredentialDefinition } from '../n8n/workflow';
import type { Story } from './story';

interface SentOrder {
	orderId: string;
	crmId: number;
}

interface OrderStatus {
	orderId: string;
	status: string;
}

/** The credential for the sandbox's CRM. */
export function sandboxExapiApi({ exapi }: SandboxAddress): CredentialDefinition[] {
	return [
		{
			id: 'sandboxExapiApi0',
			name: 'Exapi sandbox',
			type: 'exapiApi',
			data: { url: exapi.url, ...SANDBOX_PARTNER, timeZone: 'Europe/Moscow' },
		},
	];
}

/** Orders go out signed, come back with CRM numbers, and their statuses are read. */
export const exapiOrders: Story = {
	title: 'exapi: orders sent to the CRM',
	workflow: 'exapi-orders.json',

	credentials: sandboxExapiApi,

	async run({ rest, sandbox }, workflowId) {
		const outcome = await rest.runWorkflow(workflowId);
		const json = <T>(node: string) => outputOf(outcome, node).map((item) => item.json as T);
		const sent = json<SentOrder>('Add orders');
		const statusOf = new Map(
			json<OrderStatus>('Read statuses').map(({ orderId, status }) => [orderId, status]),
		);
		const problems = outcome.error ? [outcome.error.message] : [];
		if (sent.length === 0) problems.push('No order was sent.');
		for (const { orderId, crmId } of sent) {
			const stored = sandbox.exapi.crm.order(orderId);
			if (stored?.crmId !== crmId)
				problems.push(`The CRM does not have order ${orderId} as ${crmId}.`);
			if (stored?.status !== statusOf.get(orderId)) {
				problems.push(`The status of order ${orderId} was not read.`);
			}
		}
		return {
			table: [
				['Order', 'Number in the CRM', 'Status'],
				...sent.map(({ orderId, crmId }) => [orderId, String(crmId), statusOf.get(orderId) ?? '?']),
			],
			problems,
		};
	},
};
