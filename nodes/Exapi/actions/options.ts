import type { INodeProperties } from 'n8n-workflow';
import * as shared from '../../shared/fields';

const timeout = shared.timeoutOption('How long to wait for an answer of the CRM');

const concurrency = shared.concurrencyOption(
	'How many requests to send at once. The first one goes ahead alone, so that a wrong secret fails once.',
);

/** The "Options" collection of an operation: its own options and those that all have. */
export function optionsField(...own: INodeProperties[]): INodeProperties {
	return shared.optionsField(...own, timeout, concurrency);
}

/** Whether to give our names and types, or what the CRM sent. */
export const outputField = shared.outputField({
	simplified: 'Names that explain themselves, numbers as numbers, dates with their offset',
	raw: 'Names and values as the CRM sent them',
});
