import type { INodeProperties } from 'n8n-workflow';

/** Tells who uses a node as the tool of an AI agent that this operation is not for it. */
export function toolNotice(reason: string): INodeProperties {
	return {
		displayName: `Not for an AI agent: ${reason}`,
		name: 'toolNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '@tool': [true] } },
	};
}
