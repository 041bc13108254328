import { SANDBOX_PARTNER, type PartnerExchange } from '../../sandbox/exapi';
import type { Story } from './story';
import { sendWhenPublished } from './when-published';

const CUSTOMER = { fio: 'Образцов Иван Иванович', phone: '+7 900 000-00-04' };

/** Partners' requests arrive signed, orders go into a data table, statuses come out of it. */
export const exapiServer: Story = {
	title: "exapi: a partner's requests to n8n",
	workflow: 'exapi-server.json',

	credentials: () => [
		{
			id: 'sandboxPartners0',
			name: 'Partners of the sandbox',
			type: 'exapiPartnersApi',
			data: { partners: JSON.stringify({ [SANDBOX_PARTNER.sender]: SANDBOX_PARTNER.secret }) },
		},
	],

	async run({ rest, sandbox }, workflowId) {
		const setUp = await rest.runWorkflow(workflowId, { trigger: 'Set up by hand' });
		await rest.activate(workflowId);
		const url = `${rest.url}/webhook/exapi`;
		const { partner } = sandbox.exapi;
		const number = `P-${Date.now()}`;
		const order = { order_id: number, good_id: 'Чайник «Заря» / 2 л', kolvo: 2, ...CUSTOMER };
		const send = { url, method: 'addOrder', params: [order] };

		const added = await sendWhenPublished(async () => await partner.send(send));
		const repeated = await partner.send({ ...send, id: 'another attempt' });
		const changed = await partner.send({ ...send, params: [{ ...order, kolvo: 3 }] });
		const statuses = await partner.send({ url, method: 'getOrderStatus', params: [[number, '?']] });
		const forged = await partner.send({ ...send, kind: 'wrongSignature' });

		const crmId = resultOf(added);
		const [row, unknown] = (resultOf(statuses) ?? []) as [unknown[]?, unknown?];
		const checks: Array<[what: string, shown: string, worked: boolean]> = [
			['A new order', show(crmId), Number.isInteger(crmId)],
			['The same order again', show(resultOf(repeated)), resultOf(repeated) === crmId],
			['Its number with another quantity', show(resultOf(changed)), resultOf(changed) === crmId],
			['Its status', show(row?.[1]), row?.[0] === number && row[1] === 'pending'],
			['The status of an unknown order', show(unknown), unknown === null],
			['A wrong signature', String(forged.status), forged.status === 'closed'],
		];
		const problems = setUp.error ? [setUp.error.message] : [];
		for (const [what, shown, worked] of checks) {
			if (!worked) problems.push(`${what}: answered ${shown}`);
		}
		return {
			table: [['Request', 'Answer'], ...checks.map(([what, shown]) => [what, shown])],
			problems,
		};
	},
};

/** The result of a properly signed answer; `undefined` for any other. */
function resultOf({ answer }: PartnerExchange): unknown {
	return answer.verified && answer.error === null ? answer.result : undefined;
}

/** JSON has no word for no result. */
function show(value: unknown): string {
	return value === undefined ? 'no result' : JSON.stringify(value);
}
