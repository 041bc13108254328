import type { INodeProperties } from 'n8n-workflow';

/**
 * How an upsert finds its record, and what it may spoil: vtiger hands a field that was not sent to the CRM's own code as an empty one.
 */
export function upsertNotice(record: string, key: string): INodeProperties {
	return {
		displayName: `The CRM looks for a ${record} with this <b>${key}</b>. If it has one, it updates it, and may blank the fields that you leave out: give all the fields that it is to keep.`,
		name: 'blankingNotice',
		type: 'notice',
		default: '',
	};
}
