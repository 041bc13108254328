import type { IExecuteFunctions } from 'n8n-workflow';
import { toNodeError } from '../errors';
import { isLockedInRedis } from '../fields';
import { nothingSentNote, type ParameterReader, type RecordOrder } from '../items';
import { REDIS_CREDENTIAL, redisFor, type RedisCredential, type RedisPatience } from './connection';
import { SharedOrder, type SharedOrderOptions } from './shared-order';

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
