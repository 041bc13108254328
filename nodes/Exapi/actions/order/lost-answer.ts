import type { IDataObject } from 'n8n-workflow';
import { PartnerError } from '../../../shared/errors';
import { getOrderStatusCall, matchOrders, readStatusAnswer } from '../../protocol';
import { readingResult } from '../../transport/failures';
import type { ExapiRun } from '../operation';

/**
 * Asks the CRM whether it has an order whose answer was lost.
 *
 * @returns the order without its CRM number, which only `addOrder` tells
 * @throws PartnerError when the CRM does not have it, or cannot be asked
 */
export async function findLostOrder(
	run: ExapiRun,
	orderId: string,
	lost: PartnerError,
	signal: AbortSignal | undefined,
): Promise<IDataObject> {
	if (!(await hasOrder(run, orderId, lost, signal))) {
		throw stillUnknown(
			lost,
			`${lost.message}, and the CRM does not have order "${orderId}"`,
			'It was asked right after. Look there again in a minute before you send the order once more.',
		);
	}
	run.node.addExecutionHints({
		message: `The answer for order "${orderId}" was lost, but the CRM has the order. Its CRM number is not known.`,
		location: 'outputPane',
	});
	return { orderId, crmId: null };
}

async function hasOrder(
	{ client, options }: ExapiRun,
	orderId: string,
	lost: PartnerError,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	try {
		const { result } = await client.call(getOrderStatusCall([orderId], 'list'), {
			changes: false,
			timeout: options.timeout,
			signal,
		});
		return matchOrders(
			[orderId],
			readingResult(() => readStatusAnswer(result)),
		).has(orderId);
	} catch (error) {
		const reason = error instanceof Error ? ` (${error.message})` : '';
		throw stillUnknown(
			lost,
			`${lost.message}, and the CRM could not be asked for order "${orderId}"${reason}`,
			'Look there before you send the order once more.',
		);
	}
}

/** The order may have been added: whatever follows must not send it again. */
function stillUnknown(lost: PartnerError, message: string, description: string): PartnerError {
	return new PartnerError(message, {
		outcome: 'unknown',
		description,
		...(lost.httpStatus === undefined ? {} : { httpStatus: lost.httpStatus }),
	});
}
