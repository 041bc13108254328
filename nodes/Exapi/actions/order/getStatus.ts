import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	columnsOf,
	dataModeFields,
	definedBelow,
	isAutoMapped,
	readNumericOption,
	shownFor,
} from '../../../shared/fields';
import { runBatches, runItems } from '../../../shared/items';
import { mapInTurns } from '../../../shared/wire';
import { withResultErrors } from '../../client/failures';
import {
	ExapiInputError,
	getOrderStatusCall,
	getOrderStatusRCall,
	matchOrders,
	readOrderId,
	readRevision,
	readStatusAnswer,
	revisionAfter,
	toOrderState,
	type WireOrderState,
} from '../../protocol';
import {
	answerFormatField,
	type ExapiOperation,
	type ExapiRun,
	optionsField,
	outputField,
	readAnswerFormat,
	withInputErrors,
} from '../operation';

const orderIds: INodeProperties = {
	displayName: 'Order IDs',
	name: 'orderIds',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. A-1001, A-1002',
	description:
		'Your order numbers, separated by commas, or an expression that returns a list of them. The node requests the numbers of all input items together.',
};

const batchSize: INodeProperties = {
	displayName: 'Batch Size',
	name: 'batchSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 10_000 },
	default: 100,
	description: 'How many orders to include in one request. Defaults to 100.',
};

/** `order.getStatus`: gets the statuses of orders by their numbers (`getOrderStatus`). */
export const getStatus: ExapiOperation = {
	fields: shownFor('order', 'getStatus', [
		...dataModeFields({ required: ['orderId'] }),
		definedBelow(orderIds),
		outputField,
		optionsField(answerFormatField('list'), batchSize),
	]),

	async execute(run) {
		const autoMapped = isAutoMapped(run.parameter);
		const format = readAnswerFormat(run, 'list');
		return await runBatches<WireOrderState>(
			run.node,
			{
				keysOf: (item) =>
					withInputErrors(run.fields, () =>
						autoMapped
							? [readOrderId(columnsOf(run.items[item]!.json, ['orderId']).orderId)]
							: readOrderIds(run.parameter('orderIds', item)),
					),
				ask: async (batch, signal) => {
					const { result } = await run.client.call(getOrderStatusCall(batch, format), {
						changes: false,
						timeout: run.options.timeout,
						signal,
					});
					return matchOrders(
						batch,
						withResultErrors(() => readStatusAnswer(result)),
					);
				},
				toJson: (orderId, order) => toJson(run, orderId, order),
				batchSize: readNumericOption(run.parameter, batchSize),
			},
			run.options.concurrency,
		);
	},
};

/** Reads order numbers from a list or from text with commas, each once. */
function readOrderIds(value: unknown): string[] {
	const list = Array.isArray(value)
		? value
		: typeof value === 'string'
			? value.split(',')
			: [value];
	const ids = list
		.filter((entry) => typeof entry !== 'string' || entry.trim() !== '')
		.map((entry) => readOrderId(entry, 'orderIds'));
	if (ids.length === 0) throw new ExapiInputError('orderIds', 'names no order');
	return [...new Set(ids)];
}

function toJson(
	{ raw, credential }: ExapiRun,
	orderId: string,
	order: WireOrderState | undefined,
): IDataObject {
	if (order === undefined) return raw ? { nmb: orderId, found: false } : { orderId, found: false };
	// The output has the number from the workflow: a CRM may write it in another way.
	return raw ? (order as IDataObject) : { ...toOrderState(order, credential.timeZone), orderId };
}

const revision: INodeProperties = {
	displayName: 'Revision',
	name: 'revision',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 0 },
	default: 0,
	required: true,
	description:
		'Revision since which to get changes: the revision of an earlier output, or 0 for all changes',
};

/** `order.getStatusChanges`: gets the changes since a revision (`getOrderStatusR`). */
export const getStatusChanges: ExapiOperation = {
	fields: shownFor('order', 'getStatusChanges', [
		revision,
		outputField,
		optionsField(answerFormatField('object')),
	]),

	async execute(run) {
		const format = readAnswerFormat(run, 'object');
		return await runItems<number | string>(
			run.node,
			{
				isWrite: false,
				prepare: (item) =>
					withInputErrors(run.fields, () => readRevision(run.parameter('revision', item))),
				carryOut: async (from, signal) => {
					const { result } = await run.client.call(getOrderStatusRCall(from, format), {
						changes: false,
						timeout: run.options.timeout,
						signal,
					});
					return await toOutput(run, from, result);
				},
			},
			run.options.concurrency,
		);
	},
};

async function toOutput(
	{ raw, credential }: ExapiRun,
	from: number | string,
	result: unknown,
): Promise<IDataObject[]> {
	const answer = withResultErrors(() => readStatusAnswer(result));
	const current = revisionAfter(answer, from);
	if (answer.orders.length === 0) return [{ revision: current, orders: 0 }];
	return await mapInTurns(answer.orders, ({ order, key }) =>
		raw
			? { ...(order as IDataObject), rev: current }
			: { ...toOrderState(order, credential.timeZone, key), revision: current },
	);
}
