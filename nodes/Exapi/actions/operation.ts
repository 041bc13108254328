import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import * as shared from '../../shared/fields';
import type { RunOptions } from '../../shared/fields';
import type { ParameterReader } from '../../shared/items';
import type { ExapiClient } from '../client/client';
import type { ExapiCredential } from '../client/credential';
import type { AnswerFormat } from '../protocol';

export { withInputErrors } from '../../shared/fields';

/** What an operation works with. */
export interface ExapiRun {
	node: IExecuteFunctions;
	items: INodeExecutionData[];
	/** The fields of the operation, whose labels the errors use. */
	fields: readonly INodeProperties[];
	client: ExapiClient;
	credential: ExapiCredential;
	parameter: ParameterReader;
	options: RunOptions;
	/** Whether to return the CRM's own names and values instead of ours. */
	raw: boolean;
}

/** An operation: its fields in the editor, and its function. */
export interface ExapiOperation {
	fields: INodeProperties[];
	execute(run: ExapiRun): Promise<INodeExecutionData[]>;
}

const timeout = shared.timeoutOption(
	'How long to wait for a response from the CRM. Defaults to 30.',
);

const concurrency = shared.concurrencyOption(
	'How many requests to send in parallel. The first request runs alone, so that a wrong secret fails only once. Defaults to 4.',
);

/** Returns the "Options" collection of an operation: its own options and the common ones. */
export function optionsField(...own: INodeProperties[]): INodeProperties {
	return shared.optionsField(...own, timeout, concurrency);
}

/** Whether to return our names and types, or what the CRM sent. */
export const outputField = shared.outputField({
	simplified: 'Readable field names, numbers as numbers, dates with UTC offset',
	raw: 'Names and values as the CRM sent them',
});

/** The field for the requested format (docs/protocols/exapi.md, 6.2 and 7.2). Either format is read. */
export function answerFormatField(preset: AnswerFormat): INodeProperties {
	return {
		displayName: 'Answer Format',
		name: 'answerFormat',
		type: 'options',
		options: [
			{ name: 'List', value: 'list', description: 'Orders as rows of values' },
			{ name: 'Object', value: 'object', description: 'Orders as objects, with the revision' },
		],
		default: preset,
		description: `Which format to request from the CRM. The output is the same. Change it if the CRM supports only the other one. Defaults to '${preset === 'list' ? 'List' : 'Object'}'.`,
	};
}

/** Reads {@link answerFormatField}, which applies to the whole run. */
export function readAnswerFormat({ parameter }: ExapiRun, preset: AnswerFormat): AnswerFormat {
	return parameter('options.answerFormat', 0, preset) as AnswerFormat;
}
