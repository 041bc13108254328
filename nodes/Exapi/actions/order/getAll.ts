import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { limitFields, readLimit, shownFor } from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import { mapInTurns } from '../../../shared/wire';
import { withResultErrors } from '../../client/failures';
import { getOrdersCall, readPartnerOrders, toPartnerOrder, writeDateTime } from '../../protocol';
import { withInputErrors, type ExapiOperation, optionsField, outputField } from '../operation';

const fields: INodeProperties[] = [
	{
		displayName: 'Since',
		name: 'since',
		type: 'dateTime',
		default: '',
		required: true,
		description:
			'Get the orders since this date and time. Without a time zone, the workflow’s time zone applies. The node converts it to the time zone of the CRM.',
	},
	...limitFields,
];

/** `order.getAll`: gets the partner's orders since a date and time, with their delivery (`getOrders`). */
export const getAll: ExapiOperation = {
	fields: shownFor('order', 'getAll', [...fields, outputField, optionsField()]),

	async execute(run) {
		const { timeZone } = run.credential;
		const zones = { crm: timeZone, workflow: run.node.getTimezone() };
		return await runItems<{ since: string; limit: number }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => ({
					since: withInputErrors(run.fields, () =>
						writeDateTime(run.parameter('since', item), zones),
					),
					limit: readLimit(run.parameter, item),
				}),
				carryOut: async ({ since, limit }, signal) => {
					const { result } = await run.client.call(getOrdersCall(since), {
						changes: false,
						timeout: run.options.timeout,
						signal,
					});
					const orders = withResultErrors(() => readPartnerOrders(result)).slice(0, limit);
					return await mapInTurns(orders, (order): IDataObject =>
						run.raw ? (order as IDataObject) : { ...toPartnerOrder(order, timeZone) },
					);
				},
			},
			run.options.concurrency,
		);
	},
};
