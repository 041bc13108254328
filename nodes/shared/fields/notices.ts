import type { INodeProperties } from 'n8n-workflow';

/** In a credential: what an address without encryption gives away. */
export function plainHttpNotice(consequence: string): INodeProperties {
	return {
		displayName: `A URL that begins with http:// ${consequence}. Use https:// except for tests.`,
		name: 'plainHttpNotice',
		type: 'notice',
		default: '',
		// No regular expression: n8n evaluates it for every node that reads the credential, and fails
		// the execution when that takes 250 ms, as it may on a busy machine.
		displayOptions: {
			show: {
				url: ['http:', 'HTTP:', 'Http:', ' http:'].map((start) => ({
					_cnd: { startsWith: start },
				})),
			},
		},
	};
}

/** In a credential: where its page is in Russian. n8n's own link leads to the English one. */
export function russianPageNotice(address: string): INodeProperties {
	return {
		displayName: `<a href="${address}" target="_blank">Описание на русском языке</a>`,
		name: 'russianPageNotice',
		type: 'notice',
		default: '',
	};
}

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
