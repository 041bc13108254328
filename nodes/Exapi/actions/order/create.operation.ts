import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	columnsOf,
	dataModeFields,
	definedBelow,
	isAutoMapped,
	shownFor,
} from '../../../shared/fields';
import { PartnerError } from '../../../shared/errors';
import { runItems, type ParameterReader } from '../../../shared/items';
import { addOrderCall, ORDER_FIELDS, orderToWire, readAddOrderResult } from '../../protocol';
import { LOOK_FIRST, readingResult } from '../../transport/failures';
import { checked } from '../checked';
import type { ExapiOperation, ExapiRun } from '../operation';
import { optionsField, outputField } from '../options';
import { findLostOrder } from './lost-answer';
import { orderFields } from './create.fields';

const REQUIRED = ['orderId', 'goodName'];
const optional = ORDER_FIELDS.filter((name) => !REQUIRED.includes(name));

/** The parameters of `addOrder`, laid out for the wire. */
type WireOrder = ReturnType<typeof orderToWire>;

const onLostAnswer: INodeProperties = {
	displayName: 'On Lost Answer',
	name: 'onLostAnswer',
	type: 'options',
	options: [
		{
			name: 'Fail',
			value: 'fail',
			description: 'Report that the order may have been added',
		},
		{
			name: 'Ask for the Status',
			value: 'askStatus',
			description: 'Ask the CRM once whether it has the order, and fail only if it does not',
		},
	],
	default: 'fail',
	description:
		'What to do when the order was sent but no usable answer came. It is never sent a second time.',
};

/** `order.create`: adds orders to the CRM (`addOrder`). */
export const create: ExapiOperation = {
	fields: shownFor('order', 'create', [
		...dataModeFields({ required: REQUIRED, optional }),
		...orderFields.map(definedBelow),
		outputField,
		optionsField(onLostAnswer),
	]),

	async execute(run) {
		const autoMapped = isAutoMapped(run.parameter);
		const asksStatus = run.parameter('options.onLostAnswer', 0, 'fail') === 'askStatus';
		return await runItems<WireOrder>(
			run.node,
			{
				isWrite: true,
				prepare: (item) =>
					checked(run.fields, () =>
						orderToWire(
							autoMapped
								? columnsOf(run.items[item]!.json, ORDER_FIELDS)
								: definedFields(run.parameter, item),
						),
					),
				key: orderIdOf,
				carryOut: async (order, signal) => [await addOrder(run, order, signal)],
				...(asksStatus && {
					recover: async (order, error, signal) => [
						await findLostOrder(run, orderIdOf(order), error, signal),
					],
				}),
			},
			run.options.concurrency,
		);
	},
};

function orderIdOf(order: WireOrder): string {
	return String(order.order_id);
}

function definedFields(parameter: ParameterReader, item: number): IDataObject {
	const additional = parameter('additionalFields', item, {}) as IDataObject;
	const custom = additional.customFields as
		{ field?: Array<{ name: string; value: string }> } | undefined;
	return {
		...additional,
		orderId: parameter('orderId', item, '') as string,
		goodName: parameter('goodName', item, '') as string,
		customFields: Object.fromEntries((custom?.field ?? []).map(({ name, value }) => [name, value])),
	};
}

async function addOrder(
	run: ExapiRun,
	order: WireOrder,
	signal: AbortSignal | undefined,
): Promise<IDataObject> {
	const answer = await run.client.call(addOrderCall(order), {
		changes: true,
		timeout: run.options.timeout,
		signal,
	});
	const crmId = readingResult(() => readAddOrderResult(answer.result), LOOK_FIRST);
	if (crmId === false) throw notAdded(orderIdOf(order), answer.result);
	return run.raw ? ({ ...answer } as IDataObject) : { orderId: orderIdOf(order), crmId };
}

function notAdded(orderId: string, answered: unknown): PartnerError {
	return new PartnerError(`The CRM did not add order "${orderId}"`, {
		outcome: 'rejected',
		description: `It answered ${String(answered)}, and exapi gives no reason. Check whether the CRM already has an order of this number, and whether it knows the product.`,
	});
}
