import * as shared from '../../shared/fields';

/** The options of an operation that sends. */
export const optionsField = shared.optionsField(
	shared.concurrencyOption(
		'How many requests to send at once. Those for the same phone still go one after the other.',
	),
	shared.timeoutOption('How long to wait for an answer'),
);

/** Whether to give our names and types, or what was answered. */
export const outputField = shared.outputField({
	simplified: 'Only what the operation is about, as numbers and true or false',
	raw: 'The answer as it came',
});
