import { DateTime } from 'luxon';
import {
	type IDataObject,
	type INodeExecutionData,
	type INodeProperties,
	type IPollFunctions,
	NodeApiError,
} from 'n8n-workflow';
import { InputError, toNodeError } from '../../shared/errors';
import { createHttpClient } from '../../shared/http';
import { pollRunner, type PollRunner, startAt } from '../../shared/polling';
import { ExapiClient } from '../client/client';
import { EXAPI_CREDENTIAL, readCredential } from '../client/credential';
import { type OrderStatus, readMoment, readRevision } from '../protocol';
import {
	type ApprovedOrder,
	type OrdersPoll,
	type OrdersState,
	pollOrders,
	sampleOrders,
} from './approved-orders';
import { BEGINNING, readDigits, type StatusChange } from './revisions';
import { type ChangesPoll, type ChangesState, pollChanges, sampleChanges } from './status-changes';

/** The fields of the Exapi Order Trigger. */
export const orderTriggerFields: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		options: [
			{
				name: 'Order Approved',
				value: 'orderApproved',
				description:
					'The CRM approved an order. Each item includes goods and delivery (getOrders).',
			},
			{
				name: 'Status Changed',
				value: 'statusChanged',
				description: 'An order was added or changed: status, comment or calls (getOrderStatusR)',
			},
		],
		default: 'statusChanged',
	},
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'options',
		options: [
			{ name: 'Now', value: 'now', description: 'Only changes from now on' },
			{ name: 'Revision', value: 'revision', description: 'All changes since a revision' },
		],
		default: 'now',
		displayOptions: { show: { event: ['statusChanged'] } },
		description:
			'Which changes to start with when the workflow is first published. Changing this later has no effect: to start over, rename the node or add a new one.',
	},
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'options',
		options: [
			{ name: 'Date', value: 'date', description: 'Orders approved since a date and time' },
			{ name: 'Now', value: 'now', description: 'Only changes from now on' },
		],
		default: 'now',
		displayOptions: { show: { event: ['orderApproved'] } },
		description:
			'Which orders to start with when the workflow is first published. Changing this later has no effect: to start over, rename the node or add a new one.',
	},
	{
		displayName: 'Revision',
		name: 'revision',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 0,
		displayOptions: { show: { event: ['statusChanged'], startFrom: ['revision'] } },
		description: 'Revision to start with, 0 for all orders of the CRM',
	},
	{
		displayName: 'Date',
		name: 'date',
		type: 'dateTime',
		default: '',
		required: true,
		displayOptions: { show: { event: ['orderApproved'], startFrom: ['date'] } },
		description:
			'Date and time to start with. Without a time zone, the workflow’s time zone applies.',
	},
	{
		displayName:
			'No change is lost when n8n stops, but after a restart the trigger emits the latest changes again. If duplicates matter, add a <b>Remove Duplicates</b> node: Operation <b>Remove Items Processed in Previous Executions</b>, Value to Dedupe On <b>{{ $json.eventId }}</b>.',
		name: 'repeatsNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Look Back (Days)',
				name: 'lookBackDays',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 366 },
				default: 7,
				displayOptions: { show: { '/event': ['orderApproved'] } },
				description:
					'How many days back each poll looks: the longest time between an order and its approval. An order approved later may be missed. More days mean larger responses from the CRM. Defaults to 7.',
			},
			{
				displayName: 'Statuses',
				name: 'statuses',
				type: 'multiOptions',
				options: [
					{ name: 'Confirmed (Подтвержден)', value: 'confirmed' },
					{ name: 'Delivered (Доставлен)', value: 'delivered' },
					{ name: 'Duplicated (Дубль)', value: 'duplicated' },
					{ name: 'Paid (Оплачен)', value: 'paid' },
					{ name: 'Pending (В ожидании)', value: 'pending' },
					{ name: 'Rejected (Отказ)', value: 'rejected' },
					{ name: 'Return (Возврат)', value: 'return' },
				],
				default: [],
				displayOptions: { show: { '/event': ['statusChanged'] } },
				description: 'Which statuses start the workflow. If none is selected, all of them do.',
			},
		],
	},
];

const TIMEOUT = 30_000;
const SAMPLE_SIZE = 5;
const DEFAULT_LOOK_BACK_DAYS = 7;

/**
 * Runs one poll of the Exapi Order Trigger.
 *
 * @param runner stores in this process what n8n has not saved
 * @returns the new orders, or `null` when there are none
 * @throws NodeApiError or NodeOperationError
 */
export async function pollForOrders(
	node: IPollFunctions,
	runner: PollRunner = pollRunner,
): Promise<INodeExecutionData[][] | null> {
	// A test of the trigger neither uses nor changes the state of the active one.
	const isManual = node.getMode() === 'manual';
	try {
		const orders = await findOrders(node, isManual ? undefined : runner);
		if (orders.length > 0) return [orders.map((order) => ({ json: { ...order } }))];
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0);
	}
	if (isManual) {
		throw new NodeApiError(
			node.getNode(),
			{},
			{
				message: 'The CRM has no order to show',
				description:
					'No order matches these settings. Use another event or filter, or wait until an order changes.',
			},
		);
	}
	return null;
}

async function findOrders(
	node: IPollFunctions,
	runner: PollRunner | undefined,
): Promise<Array<StatusChange | ApprovedOrder>> {
	const fields = await node.getCredentials<Record<string, unknown>>(EXAPI_CREDENTIAL);
	const credential = readCredential(fields);
	const client = new ExapiClient(credential, createHttpClient(node.helpers));
	const base = { client, timeZone: credential.timeZone, timeout: TIMEOUT };
	const source = `${credential.url} ${credential.key.sender}`;
	if (node.getNodeParameter('event') === 'orderApproved') {
		const poll: OrdersPoll = {
			...base,
			startFrom: readStart(node),
			lookBackDays: readLookBack(node),
		};
		if (!runner) return await sampleOrders(poll, SAMPLE_SIZE);
		return await runner.run<OrdersState, ApprovedOrder>(
			node,
			{ name: 'orderApproved', source, former: FORMER_ORDERS },
			async (state, turn) => await pollOrders(poll, state, turn),
		);
	}
	const { statuses = [] } = node.getNodeParameter('options', {}) as { statuses?: OrderStatus[] };
	const poll: ChangesPoll = {
		...base,
		startFrom: readFirstRevision(node),
		isWanted: ({ status }) => statuses.length === 0 || statuses.includes(status),
		onRestart: (before, now) => {
			node.logger.warn(
				`${node.getNode().name}: the revisions of the CRM started over: the revision was ${before} and is now ${now}. Its database was probably restored. The trigger continues from the new revisions, so it may emit some changes again.`,
			);
		},
	};
	if (!runner) return await sampleChanges(poll, SAMPLE_SIZE);
	return await runner.run<ChangesState, StatusChange>(
		node,
		{ name: 'statusChanged', source, former: FORMER_CHANGES },
		async (state, turn) => await pollChanges(poll, state, turn),
	);
}

/** The static data of an earlier version: `{revision, after}`. */
const FORMER_CHANGES = {
	keys: ['revision', 'after'],
	read: ({ revision, after }: IDataObject): ChangesState | undefined => {
		const position = readDigits(revision);
		if (position === undefined) return undefined;
		return { ...startAt(position), after: readDigits(after) ?? BEGINNING };
	},
};

/** The same for orders: `{latest, seen}`, with identifiers that contain converted dates. */
const FORMER_ORDERS = {
	keys: ['latest', 'seen'],
	read: ({ latest, seen }: IDataObject): OrdersState | undefined => {
		const at = typeof latest === 'string' ? DateTime.fromISO(latest).toMillis() : Number.NaN;
		if (Number.isNaN(at)) return undefined;
		return {
			...startAt(String(at)),
			formerIds: Object.keys((seen as IDataObject | undefined) ?? {}),
		};
	},
};

function readFirstRevision(node: IPollFunctions): 'now' | number | bigint {
	if (node.getNodeParameter('startFrom') !== 'revision') return 'now';
	const revision = readRevision(node.getNodeParameter('revision', 0));
	return typeof revision === 'string' ? BigInt(revision) : revision;
}

function readStart(node: IPollFunctions): 'now' | DateTime {
	if (node.getNodeParameter('startFrom') !== 'date') return 'now';
	const moment = readMoment(node.getNodeParameter('date', ''), node.getTimezone());
	if (!moment?.isValid) throw new InputError('The date to start from is not a date and time');
	return moment;
}

function readLookBack(node: IPollFunctions): number {
	const { lookBackDays } = node.getNodeParameter('options', {}) as { lookBackDays?: number };
	const days = lookBackDays ?? DEFAULT_LOOK_BACK_DAYS;
	if (!(days > 0 && days <= 366))
		throw new InputError("'Look Back (Days)' must be a number up to 366");
	return days;
}
