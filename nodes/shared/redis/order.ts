import { createHmac } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { IExecuteFunctions } from 'n8n-workflow';
import { toNodeError } from '../errors';
import { isLockedInRedis } from '../fields';
import {
	inTurnOfProcess,
	nothingSentNote,
	type ParameterReader,
	type Place,
	type RecordOrder,
	type RecordTurn,
} from '../items';
import { REDIS_CREDENTIAL, type RedisCredential, redisFor, type RedisTimeouts } from './connection';
import { keysOf, LOCK_TIMES, LockServer, RecordLock } from './lock';

/** The most requests of a turn: a request is sent at most three times, after a login. */
const REQUESTS_OF_A_TURN = 4;
/** How long a turn may wait for a session. */
const WAIT_OF_A_TURN_MS = 60_000;

/** The settings of a {@link SharedOrder}. */
export interface SharedOrderOptions {
	/** Returns the current connection of this process. */
	connect: () => Promise<Redis>;
	/** A part of the credential, which the processes share and Redis does not know. */
	secret: string;
	/** Milliseconds for a request. */
	timeout: number;
	times?: typeof LOCK_TIMES;
}

/**
 * Orders the writes of all n8n processes that use one Redis. The writes to a record wait in a queue: those
 * of a process one after another, and the processes by arrival time. Without Redis, nothing is sent.
 *
 * A process renews its lock during its turn. If it dies, the lock expires after half a minute. The partner
 * may still be processing its request then, as it may after a lost response, and for an unknown time, so a
 * longer lock would not be safe either. Instead, each process stores a note before it sends a request, which
 * tells the next process where that request may still be running: vtiger's session, in which vtiger itself
 * makes the next request wait. A partner without sessions gets the writes in their order, and may still
 * process an earlier one after its response was lost.
 *
 * Redis gets no personal data: the name of a record there is an HMAC with the credential's secret.
 */
export class SharedOrder implements RecordOrder {
	private readonly server: LockServer;

	constructor(private readonly options: SharedOrderOptions) {
		this.server = new LockServer(options.connect);
	}

	async inTurn<T>(
		record: string,
		place: Place,
		send: (turn?: RecordTurn) => Promise<T>,
		signal: AbortSignal | undefined,
	): Promise<T> {
		const { secret, timeout, times = LOCK_TIMES } = this.options;
		const keys = keysOf(createHmac('sha256', secret).update(record).digest('hex'));
		const maxWait = WAIT_OF_A_TURN_MS + REQUESTS_OF_A_TURN * timeout;
		return await inTurnOfProcess(
			record,
			async () =>
				await new RecordLock(this.server, keys, place, times).during(send, maxWait, signal),
			signal,
		);
	}
}

/** The timeouts are long, because nothing is sent without a lock. */
const TIMEOUTS: RedisTimeouts = { command: 5_000, reconnect: 1_000 };

/**
 * Returns the order of writes that is selected in the option *Lock Records In*.
 *
 * @returns `undefined` for the order within this process
 * @throws NodeOperationError if the option or the credential cannot be used
 */
export async function chosenOrder(
	node: IExecuteFunctions,
	parameter: ParameterReader,
	options: Pick<SharedOrderOptions, 'secret' | 'timeout'>,
): Promise<RecordOrder | undefined> {
	try {
		if (!isLockedInRedis(parameter)) return undefined;
		const credential = await node.getCredentials<RedisCredential>(REDIS_CREDENTIAL);
		// The connection must not hold the node: it holds only the logger.
		const { logger } = node;
		const warn = (message: string) => logger.warn(`Lock Records In: ${message}`);
		return new SharedOrder({
			...options,
			connect: async () => await redisFor(credential, warn, TIMEOUTS),
		});
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0, [nothingSentNote(node)]);
	}
}
