import type { INodeProperties } from 'n8n-workflow';

/** vtiger hands a field that was not sent to the CRM's own code as an empty one. */
export const upsertNotice: INodeProperties = {
	displayName:
		'When the CRM already has this record, it may blank the fields that you leave out. Give all the fields that it is to keep.',
	name: 'blankingNotice',
	type: 'notice',
	default: '',
};
