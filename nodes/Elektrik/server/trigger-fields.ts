import type { INodeProperties } from 'n8n-workflow';

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	// n8n leaves the body alone when this is set: otherwise it answers malformed JSON itself.
	default: { binaryData: true },
	options: [
		{
			displayName: 'Allowed Addresses',
			name: 'allowedIps',
			type: 'string',
			default: '',
			placeholder: 'e.g. 203.0.113.7, 198.51.100.0/24',
			description:
				'Addresses and networks that may ask; others get an error. Empty for all. Behind a proxy set N8N_PROXY_HOPS, or all have the address of the proxy.',
		},
		{
			displayName: 'Body as It Came',
			name: 'binaryData',
			type: 'hidden',
			default: true,
		},
	],
};

/** The fields of the Elektrik.ru Trigger. */
export const triggerFields: INodeProperties[] = [
	{
		displayName:
			'The portal does not sign its requests: whoever knows the address can ask. Leave the path to n8n, or choose one that nobody can guess, and put the portal’s addresses into <b>Allowed Addresses</b>.',
		name: 'noSignatureNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: '',
		placeholder: 'e.g. elektrik-3f0c9d0e7b52',
		description:
			'The path of the address that the portal sends to. Empty for one that n8n makes and nobody can guess.',
	},
	{
		displayName: 'Respond',
		name: 'responseMode',
		type: 'options',
		options: [
			{
				name: 'When Last Node Finishes',
				value: 'lastNode',
				description: 'The item of the last node is the answer',
			},
			{
				name: "Using Elektrik.ru's 'Respond' Operation",
				value: 'responseNode',
				description: 'The answer is given by an Elektrik.ru node in the workflow',
			},
		],
		default: 'lastNode',
		description: 'Where the answer comes from',
	},
	{
		displayName:
			'The last node gives an item with <b>points</b>, and the electrician exists; no item, an empty one, or one with <b>exist</b> set to false, and it does not. Other fields do not leave.',
		name: 'answerNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { responseMode: ['lastNode'] } },
	},
	{
		displayName: 'Deadline (Seconds)',
		name: 'deadline',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 25,
		description: 'After this time the portal gets an error, and the workflow goes on',
	},
	options,
];
