import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { shownFor } from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import { mapInTurns } from '../../../shared/wire';
import { withResultErrors } from '../../client/failures';
import {
	getOrderStatusRCall,
	readRevision,
	readStatusAnswer,
	revisionAfter,
	toOrderState,
} from '../../protocol';
import {
	answerFormatField,
	withInputErrors,
	type ExapiOperation,
	type ExapiRun,
	optionsField,
	outputField,
	readAnswerFormat,
} from '../operation';

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

/** `order.getStatusChanges`: what changed since a revision (`getOrderStatusR`). */
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
