import type { INodeProperties } from 'n8n-workflow';
import type { AnswerFormat } from '../protocol';
import type { ExapiRun } from './operation';

/** Which of the two forms (docs/protocols/exapi.md, 6.2 and 7.2) to ask for; either is understood, whichever comes. */
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
		description:
			'Which form to ask the CRM for. The output is the same; change it if the CRM supports one only.',
	};
}

/** Reads {@link answerFormatField}; it holds for the whole run. */
export function readAnswerFormat({ parameter }: ExapiRun, preset: AnswerFormat): AnswerFormat {
	return parameter('options.answerFormat', 0, preset) as AnswerFormat;
}
