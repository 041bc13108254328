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
import { REDIS_CREDENTIAL, type RedisCredential, redisFor, type RedisPatience } from './connection';
import { keysOf, LOCK_TIMES, LockServer, RecordLock } from './lock';

/** A request is sent three times at most, and may need a login before. */
const REQUESTS_OF_A_TURN = 4;
/** So long a turn may wait for a session and the like. */
const WAIT_OF_A_TURN_MS = 60_000;

/** Which records are locked, and for whom. */
export interface SharedOrderOptions {
	/** Gives the connection of this process, each time anew. */
	connect: () => Promise<Redis>;
	/** Known to the processes that share the records, and not to Redis: part of the credential. */
	secret: string;
	/** Milliseconds for a request. */
	timeout: number;
	times?: typeof LOCK_TIMES;
}

/**
 * The order of the writes of all n8n processes that use one Redis. The writes about a record wait in line,
 * those of a process behind one another, and the processes by when they came. Without Redis nothing
 * is sent.
 *
 * A process renews its lock while its turn lasts. If it dies, the lock ends after half a minute: by then the
 * partner may still be at work on its request, as it may be after a lost answer. How long, nobody can
 * know, so a lock that lasts longer would only be a guess. Instead the next process is told where that request may
 * still run, by the note that was left before it was sent: a vtiger's session, in which vtiger itself makes it
 * wait for its end. A partner without such a thing gets the writes in their order, and may still process
 * an earlier one after its answer was lost.
 *
 * Redis gets no personal data: a record's name there is an HMAC with the credential's secret.
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
		const patience = WAIT_OF_A_TURN_MS + REQUESTS_OF_A_TURN * timeout;
		return await inTurnOfProcess(
			record,
			async () =>
				await new RecordLock(this.server, keys, place, times).during(send, patience, signal),
			signal,
		);
	}
}

/** Nothing is sent without a lock, so it is worth a wait. */
const PATIENCE: RedisPatience = { command: 5_000, reconnect: 1_000 };

/**
 * The order of writes that the option *Lock Records In* asks for.
 *
 * @returns `undefined` for that of this process
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
		// Only the logger is kept for as long as the connection.
		const { logger } = node;
		const warn = (message: string) => logger.warn(`Lock Records In: ${message}`);
		return new SharedOrder({
			...options,
			connect: async () => await redisFor(credential, warn, PATIENCE),
		});
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0, [nothingSentNote(node)]);
	}
}
