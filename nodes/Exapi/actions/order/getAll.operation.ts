import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { shownFor } from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import { getOrdersCall, readPartnerOrders, toPartnerOrder, writeDateTime } from '../../protocol';
import { readingResult } from '../../transport/failures';
import { checked } from '../checked';
import type { ExapiOperation } from '../operation';
import { optionsField, outputField } from '../options';

const fields: INodeProperties[] = [
	{
		displayName: 'Since',
		name: 'since',
		type: 'dateTime',
		default: '',
		required: true,
		description:
			'Get the orders since this moment. Without a time zone it is in the time zone of the workflow; the CRM gets it in its own.',
	},
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** `order.getAll`: the partner's orders since a moment, with their delivery (`getOrders`). */
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
					since: checked(run.fields, () => writeDateTime(run.parameter('since', item), zones)),
					limit: run.parameter('returnAll', item, false)
						? Number.POSITIVE_INFINITY
						: Number(run.parameter('limit', item, 50)),
				}),
				carryOut: async ({ since, limit }, signal) => {
					const { result } = await run.client.call(getOrdersCall(since), {
						changes: false,
						timeout: run.options.timeout,
						signal,
					});
					return readingResult(() => readPartnerOrders(result))
						.slice(0, limit)
						.map((order): IDataObject =>
							run.raw ? (order as IDataObject) : { ...toPartnerOrder(order, timeZone) },
						);
				},
			},
			run.options.concurrency,
		);
	},
};
