import { DateTime } from 'luxon';
import { NodeApiError, type INodeExecutionData, type IPollFunctions } from 'n8n-workflow';
import { InputError, toNodeError } from '../../shared/errors';
import { createHttpClient } from '../../shared/http';
import { readMoment, readRevision, type OrderStatus } from '../protocol';
import { EXAPI_CREDENTIAL, readCredential } from '../transport/credential';
import { ExapiClient } from '../transport/exapi-client';
import {
	OrdersMemory,
	type ApprovedOrder,
	pollOrders,
	sampleOrders,
	type OrdersPoll,
} from './approved-orders';
import {
	ChangesMemory,
	type StatusChange,
	pollChanges,
	sampleChanges,
	type ChangesPoll,
} from './status-changes';

const TIMEOUT = 30_000;
const SAMPLE_SIZE = 5;
const DEFAULT_LOOK_BACK_DAYS = 7;

/**
 * By activation: n8n makes a context for each and keeps it for all its polls. What an earlier
 * activation emitted may have been discarded by n8n, so it does not count.
 */
const changesMemories = new WeakMap<IPollFunctions, ChangesMemory>();
const ordersMemories = new WeakMap<IPollFunctions, OrdersMemory>();

/**
 * One poll of the Exapi Order Trigger.
 *
 * @returns the new orders, or `null` when there are none
 * @throws NodeApiError or NodeOperationError
 */
export async function pollForOrders(node: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		const isManual = node.getMode() === 'manual';
		const found = await findOrders(node, isManual);
		const statuses =
			(node.getNodeParameter('options', {}) as { statuses?: OrderStatus[] }).statuses ?? [];
		const orders = found.filter(
			({ status }) => statuses.length === 0 || status === undefined || statuses.includes(status),
		);
		if (orders.length > 0) return [orders.map((order) => ({ json: { ...order } }))];
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0);
	}
	if (node.getMode() === 'manual') {
		throw new NodeApiError(
			node.getNode(),
			{},
			{
				message: 'The CRM has no order to show',
				description:
					'Nothing fits what is set here. Use another event or filter, or wait until an order changes.',
			},
		);
	}
	return null;
}

/** Approved orders have no status. */
type FoundOrder = (StatusChange | ApprovedOrder) & { status?: OrderStatus };

async function findOrders(node: IPollFunctions, isManual: boolean): Promise<FoundOrder[]> {
	const fields = await node.getCredentials<Record<string, unknown>>(EXAPI_CREDENTIAL);
	const credential = readCredential(fields);
	const client = new ExapiClient(credential, createHttpClient(node.helpers));
	const base = { client, timeZone: credential.timeZone, timeout: TIMEOUT };
	// A person who tries the trigger neither gets nor moves what the active one remembers.
	const state = node.getWorkflowStaticData('node');
	if (node.getNodeParameter('event') === 'orderApproved') {
		const poll: OrdersPoll = {
			...base,
			startFrom: readStart(node),
			lookBackDays: readLookBack(node),
		};
		return isManual
			? await sampleOrders(poll, SAMPLE_SIZE)
			: await pollOrders(
					poll,
					state,
					memoryIn(ordersMemories, node, () => new OrdersMemory()),
					Date.now(),
				);
	}
	const poll: ChangesPoll = { ...base, startFrom: readFirstRevision(node) };
	return isManual
		? await sampleChanges(poll, SAMPLE_SIZE)
		: await pollChanges(
				poll,
				state,
				memoryIn(changesMemories, node, () => new ChangesMemory()),
				Date.now(),
			);
}

function memoryIn<M>(
	memories: WeakMap<IPollFunctions, M>,
	node: IPollFunctions,
	create: () => M,
): M {
	const memory = memories.get(node) ?? create();
	memories.set(node, memory);
	return memory;
}

function readFirstRevision(node: IPollFunctions): 'now' | number {
	if (node.getNodeParameter('startFrom') !== 'revision') return 'now';
	return readRevision(node.getNodeParameter('revision', 0));
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
		throw new InputError('"Look Back" must be a number of days up to 366');
	return days;
}
