import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';
import { InputError } from './input-error';
import { PartnerError } from './partner-error';
import { joinSentences } from './sentences';

/** The errors that n8n shows with a description and the item they are about. */
export type NodeError = NodeApiError | NodeOperationError;

/**
 * The one place where errors become n8n's: what a partner said is a `NodeApiError`, everything
 * about parameters is a `NodeOperationError`.
 *
 * @param more sentences to add to the description, such as what was carried out before
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	more: readonly string[] = [],
): NodeError {
	if (error instanceof PartnerError) {
		// Message and description are passed on their own: n8n would write others by HTTP status.
		const apiError = new NodeApiError(
			node,
			{ message: error.message },
			{
				message: error.message,
				description: join(error.description, more),
				itemIndex,
				...(error.httpStatus === undefined ? {} : { httpCode: String(error.httpStatus) }),
			},
		);
		// It also writes one of its own, without the host, for a message that names ECONNREFUSED.
		apiError.message = error.message;
		if (error.cause instanceof Error) apiError.cause = error.cause;
		return apiError;
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		if (more.length > 0) error.description = join(error.description ?? '', more);
		return error;
	}
	const foreign = error instanceof Error && !(error instanceof InputError) ? error : undefined;
	const message = error instanceof Error ? error.message : String(error);
	return new NodeOperationError(node, foreign ?? message, {
		message,
		description: join(descriptionOf(error), more),
		itemIndex,
	});
}

/** n8n routes an item to the error output when its json has these two keys and no other. */
export function errorJson(error: NodeError): IDataObject {
	return { error: error.message, message: error.description ?? '' };
}

/** Our errors bring a description, and so do n8n's own, an expression's for example. */
function descriptionOf(error: unknown): string {
	const description: unknown = (error as { description?: unknown } | undefined)?.description;
	return typeof description === 'string' ? description : '';
}

function join(description: string, more: readonly string[]): string {
	return joinSentences(description, ...more);
}
