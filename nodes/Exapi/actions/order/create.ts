import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { PartnerError } from '../../../shared/errors';
import {
	columnsOf,
	dataModeFields,
	definedBelow,
	isAutoMapped,
	shownFor,
} from '../../../shared/fields';
import { type ParameterReader, runItems } from '../../../shared/items';
import { CHECK_BEFORE_RESENDING, withResultErrors } from '../../client/failures';
import { addOrderCall, ORDER_FIELDS, orderToWire, readAddOrderResult } from '../../protocol';
import {
	withInputErrors,
	type ExapiOperation,
	type ExapiRun,
	optionsField,
	outputField,
} from '../operation';
import { findLostOrder } from './lost-answer';

/** The documented fields of `addOrder` (docs/protocols/exapi.md, 5.1), in the order of their labels. */
const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Address',
			name: 'address',
			type: 'string',
			default: '',
			placeholder: 'e.g. г. Москва, ул. Пробная, 1',
			description: 'Postal address of the buyer (Адрес, address)',
		},
		{
			displayName: 'Affiliate ID',
			name: 'affiliateId',
			type: 'string',
			default: '',
			description: 'Identifier of the affiliate who brought the order (Ид аффилиата, affiliate_id)',
		},
		{
			displayName: 'Comment',
			name: 'comment',
			type: 'string',
			default: '',
			description: 'Note on the order (Примечание к заказу, comment)',
		},
		{
			displayName: 'Country Code',
			name: 'countryCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. RU',
			description: 'Code of the country, in the form agreed with the CRM (Код страны, country_kod)',
		},
		{
			displayName: 'Custom Fields',
			name: 'customFields',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Custom Field',
			default: {},
			description: 'Fields agreed with the CRM that exapi does not document',
			options: [
				{
					displayName: 'Field',
					name: 'field',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							description: 'Name of the field in the CRM, for example utm_source',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							default: '',
							description: 'Value to send, as text',
						},
					],
				},
			],
		},
		{
			displayName: 'Full Name',
			name: 'fullName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Образцова Анна Ивановна',
			description: 'Surname, first name and patronymic of the buyer (ФИО, fio)',
		},
		{
			displayName: 'IP Address',
			name: 'ip',
			type: 'string',
			default: '',
			placeholder: 'e.g. 203.0.113.7',
			description: 'Address that the buyer ordered from, IPv4 or IPv6 (IP адрес, ip)',
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +7 999 123-45-67',
			description: 'Phone number of the buyer, sent as typed (Номер телефона, phone)',
		},
		{
			displayName: 'Quantity',
			name: 'quantity',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 1,
			description: 'How many pieces of the product are ordered (Количество продукта, kolvo)',
		},
	],
};

/** The fields of an order in the node. */
export const orderFields: INodeProperties[] = [
	{
		displayName: 'Order ID',
		name: 'orderId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. A-1001',
		description:
			'Your number of the order, by which the CRM identifies it (Номер заказа, order_id)',
	},
	{
		displayName: 'Product Name',
		name: 'goodName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Чайник',
		description: 'Name of the ordered product, as the CRM knows it (Наименование товара, good_id)',
	},
	additionalFields,
];

const REQUIRED = ['orderId', 'goodName'];
const optional = ORDER_FIELDS.filter((name) => !REQUIRED.includes(name));

/** The parameters of `addOrder` in wire format. */
type WireOrder = ReturnType<typeof orderToWire>;

const onLostAnswer: INodeProperties = {
	displayName: 'On Lost Response',
	name: 'onLostAnswer',
	type: 'options',
	options: [
		{
			name: 'Ask for the Status',
			value: 'askStatus',
			description: 'Ask the CRM once whether it has the order, and fail only if it does not',
		},
		{
			name: 'Fail',
			value: 'fail',
			description: 'Report that the order may have been added',
		},
	],
	default: 'fail',
	description:
		"What to do if the order was sent but no usable response arrived. The node never resends it. Defaults to 'Fail'.",
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
					withInputErrors(run.fields, () =>
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
	const crmId = withResultErrors(() => readAddOrderResult(answer.result), CHECK_BEFORE_RESENDING);
	if (crmId === false) throw notAdded(orderIdOf(order), answer.result);
	return run.raw ? ({ ...answer } as IDataObject) : { orderId: orderIdOf(order), crmId };
}

function notAdded(orderId: string, answered: unknown): PartnerError {
	return new PartnerError(`The CRM did not add order "${orderId}"`, {
		outcome: 'rejected',
		description: `The CRM returned ${String(answered)}, and exapi gives no reason. Check whether the CRM already has an order of this number, and whether it knows the product.`,
	});
}
