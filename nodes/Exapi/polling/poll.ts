import { DateTime } from 'luxon';
import {
	NodeApiError,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
} from 'n8n-workflow';
import { InputError, toNodeError } from '../../shared/errors';
import { createHttpClient } from '../../shared/http';
import { pollRunner, type PollRunner, startAt } from '../../shared/polling';
import { readMoment, readRevision, type OrderStatus } from '../protocol';
import { EXAPI_CREDENTIAL, readCredential } from '../client/credential';
import { ExapiClient } from '../client/client';
import {
	pollOrders,
	sampleOrders,
	type ApprovedOrder,
	type OrdersPoll,
	type OrdersState,
} from './approved-orders';
import { BEGINNING, readDigits, type StatusChange } from './revisions';
import { pollChanges, sampleChanges, type ChangesPoll, type ChangesState } from './status-changes';

const TIMEOUT = 30_000;
const SAMPLE_SIZE = 5;
const DEFAULT_LOOK_BACK_DAYS = 7;

/**
 * One poll of the Exapi Order Trigger.
 *
 * @param runner remembers for this process what n8n does not save
 * @returns the new orders, or `null` when there are none
 * @throws NodeApiError or NodeOperationError
 */
export async function pollForOrders(
	node: IPollFunctions,
	runner: PollRunner = pollRunner,
): Promise<INodeExecutionData[][] | null> {
	// A person who tries the trigger neither gets nor moves what the active one remembers.
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

/** Static data before it named the process that emitted: `{revision, after}`. */
const FORMER_CHANGES = {
	keys: ['revision', 'after'],
	read: ({ revision, after }: IDataObject): ChangesState | undefined => {
		const position = readDigits(revision);
		if (position === undefined) return undefined;
		return { ...startAt(position), after: readDigits(after) ?? BEGINNING };
	},
};

/** The same: `{latest, seen}`, with identifiers made from converted dates. */
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
