import type { IDataObject } from 'n8n-workflow';
import { PartnerError } from '../../../shared/errors';
import { getOrderStatusCall, matchOrders, readStatusAnswer } from '../../protocol';
import { withResultErrors } from '../../client/failures';
import type { ExapiRun } from '../operation';

/** The error of an order that may have been added, so it must not be sent again. */
class UnclearOrder extends PartnerError {
	constructor(
		/** The error by which its answer was lost. */
		readonly lost: PartnerError,
		what: string,
		description: string,
		/** Why the status request failed. */
		reason?: unknown,
	) {
		super(`${lost.message}, and the CRM ${what}`, {
			...lost.details,
			outcome: 'unknown',
			description,
			attemptNote: '',
			noConnection: false,
			cause:
				lost.details.cause ?? (reason instanceof PartnerError ? reason.details.cause : undefined),
		});
	}
}

/**
 * Asks the CRM whether it has an order whose answer was lost.
 *
 * @param error the error of the answer, or the error of an earlier attempt of the same node run
 * @returns the order without its CRM number, which only `addOrder` returns
 * @throws PartnerError when the CRM does not have the order, or the status request fails
 */
export async function findLostOrder(
	run: ExapiRun,
	orderId: string,
	error: PartnerError,
	signal: AbortSignal | undefined,
): Promise<IDataObject> {
	const lost = error instanceof UnclearOrder ? error.lost : error;
	if (!(await hasOrder(run, orderId, lost, signal))) {
		throw new UnclearOrder(
			lost,
			`does not have order "${orderId}"`,
			'Check the CRM again in a minute before you resend the order: the node asked it right after the response was lost.',
		);
	}
	run.node.addExecutionHints({
		message: `The response for order "${orderId}" was lost, but the CRM has the order. Its CRM number is not known.`,
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
			purpose: 'lostAnswer',
			timeout: options.timeout,
			signal,
		});
		return matchOrders(
			[orderId],
			withResultErrors(() => readStatusAnswer(result)),
		).has(orderId);
	} catch (error) {
		const reason = error instanceof Error ? ` (${error.message})` : '';
		throw new UnclearOrder(
			lost,
			`could not be asked for order "${orderId}"${reason}`,
			'Check the CRM before you resend the order.',
			error,
		);
	}
}
