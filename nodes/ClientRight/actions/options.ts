import type { INodeProperties } from 'n8n-workflow';
import * as shared from '../../shared/fields';
import type { ParameterReader } from '../../shared/items';

export const timeoutOption = shared.timeoutOption('How long to wait for an answer of the CRM');

export const concurrencyOption = shared.concurrencyOption(
	'How many items to process at once. Items with the same mobile number or INN still go one after the other.',
);

const sessions = shared.atOnceOption(
	'Sessions',
	'sessions',
	'How many sessions of the CRM to use at once at most. A session carries one request at a time, so a concurrency above this number brings nothing.',
);

const newSessionPerExecution: INodeProperties = {
	displayName: 'New Session per Execution',
	name: 'newSessionPerExecution',
	type: 'boolean',
	default: false,
	description:
		'Whether each execution logs in anew, as the CRM’s document recommends. Otherwise sessions are kept and used again for up to 14 minutes after their last use.',
};

/** The options of an operation that calls the web service within a session. */
export const callOptions: readonly INodeProperties[] = [
	concurrencyOption,
	newSessionPerExecution,
	sessions,
	timeoutOption,
];

export const validateChecksumsOption: INodeProperties = {
	displayName: 'Validate Checksums',
	name: 'validateChecksums',
	type: 'boolean',
	default: false,
	description:
		'Whether to check the control digits of the INN, and length and control digit of the OGRN (контрольные числа ИНН и ОГРН)',
};

/** Whether to give our names and types, or what the CRM sent. */
export const outputField = shared.outputField({
	simplified: 'Only what the operation is about, under names that explain themselves',
	raw: 'The answer as the CRM sent it',
});

/** What the options say about sessions, for the whole run. */
export interface SessionOptions {
	/** At once, at most. */
	sessions: number;
	newSessionPerExecution: boolean;
}

/** @throws InputError for a value that makes no sense */
export function readSessionOptions(parameter: ParameterReader): SessionOptions {
	return {
		sessions: shared.readAtOnce(parameter, sessions),
		newSessionPerExecution: parameter('options.newSessionPerExecution', 0, false) === true,
	};
}
