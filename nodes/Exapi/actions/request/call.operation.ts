import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { outputField, shownFor, titleOf } from '../../../shared/fields';
import { InputError } from '../../../shared/errors';
import { runItems } from '../../../shared/items';
import { hasLostDigits, parseTypedJson } from '../../../shared/wire';
import type { MethodCall } from '../../protocol';
import type { ExapiOperation } from '../operation';
import { optionsField } from '../options';

const callFields: INodeProperties[] = [
	{
		displayName: 'Method',
		name: 'method',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. getOrderStatus',
		description: 'Name of the method that the CRM is to carry out',
	},
	{
		displayName: 'Parameters',
		name: 'params',
		type: 'json',
		default: '[]',
		required: true,
		description:
			'The parameters as a JSON array, in the order the method has them, such as [["A-1001"], 0]. They are sent as they are.',
	},
];

const ownOutputField = outputField({
	simplified: 'Only the result',
	raw: 'The whole answer, with result, error and id',
});

/** `request.call`: any method with any parameters, for what a CRM has beyond docs/protocols/exapi.md, 3.4. */
export const call: ExapiOperation = {
	fields: shownFor('request', 'call', [...callFields, ownOutputField, optionsField()]),

	async execute(run) {
		return await runItems<MethodCall>(
			run.node,
			{
				// What a method does is not known here, so none is carried out twice.
				isWrite: true,
				prepare: (item) => ({
					method: readMethod(run.parameter('method', item)),
					params: readParams(run.parameter('params', item)),
				}),
				carryOut: async (methodCall, signal) => {
					const answer = await run.client.call(methodCall, {
						changes: true,
						timeout: run.options.timeout,
						signal,
					});
					return [(run.raw ? { ...answer } : { result: answer.result }) as IDataObject];
				},
			},
			run.options.concurrency,
		);
	},
};

function readMethod(value: unknown): string {
	const method = typeof value === 'string' ? value.trim() : '';
	if (method === '') {
		throw new InputError(
			`The field ${titleOf(callFields, 'method')} is missing`,
			'Name the method to call.',
		);
	}
	return method;
}

function readParams(value: unknown): unknown[] {
	const params = typeof value === 'string' ? parseTypedJson(value) : value;
	if (!Array.isArray(params)) {
		throw new InputError(
			`The field ${titleOf(callFields, 'params')} is not a JSON array`,
			'exapi takes parameters as an array: write [ ] around them, for example [["A-1001"], 0].',
		);
	}
	if (hasLostDigits(params)) {
		throw new InputError(
			`The field ${titleOf(callFields, 'params')} holds a number too long to keep all its digits`,
			'An expression rounded it. Give such a number as text, or the whole field as JSON text.',
		);
	}
	return params as unknown[];
}
