import { type INodeParameters, type INodeProperties, NodeConnectionTypes } from 'n8n-workflow';
import { timeZoneField } from '../../shared/fields';
import {
	allowedAddressesOption,
	deadlineField,
	responseModeField,
	triggerOptionsField,
	waitingOptions,
} from '../../shared/webhook';

/**
 * The outputs for the chosen parameters. n8n evaluates its text as an expression, so it may use
 * nothing from outside; it lists methods as `readSettings` does.
 */
const outputs = (parameters: INodeParameters, type: string) => {
	if (parameters.outputPerMethod !== true) return [{ type }];
	const custom = ((parameters.customMethods ?? '') as string).split(/[\s,;]+/);
	const methods = [...((parameters.methods ?? []) as string[]), ...custom];
	return [...new Set(methods)]
		.filter((name) => name !== '')
		.map((displayName) => ({ type, displayName }));
};

/** One output, or one for each method. */
export const triggerOutputs =
	`={{(${String(outputs)})($parameter, "${NodeConnectionTypes.Main}")}}` as const;

const ban: INodeProperties = {
	displayName: 'Ban',
	name: 'ban',
	type: 'collection',
	placeholder: 'Add Rule',
	default: {},
	description:
		'When to ban a sender. Without a rule, 5 failed requests in 10 minutes ban the sender for an hour. For a known partner, failures count per address and sender name; for unknown senders, per address. Behind a proxy, set N8N_PROXY_HOPS, or all partners share one address.',
	hint: 'Counted per address as n8n sees it',
	options: [
		{
			displayName: 'Ban for (Seconds)',
			name: 'banSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 3600,
			description: 'How long a ban lasts. 3600 seconds is one hour. Defaults to 3600.',
		},
		{
			displayName: 'Failures',
			name: 'maxFailures',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 5,
			description: 'How many failed requests lead to a ban. Defaults to 5.',
		},
		{
			displayName: 'Within (Seconds)',
			name: 'windowSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 600,
			description:
				'Period in which failed requests are counted together. 600 seconds is 10 minutes. Defaults to 600.',
		},
	],
};

const options = triggerOptionsField(
	...waitingOptions,
	allowedAddressesOption(
		"IP addresses and networks that may send requests. Requests from other addresses are rejected as set in 'Reject With'. Leave empty to allow all. Behind a proxy, set N8N_PROXY_HOPS, or all requests have the address of the proxy.",
	),
	{
		displayName: 'Reject With',
		name: 'rejectWith',
		type: 'options',
		options: [
			{
				name: 'Closed Connection',
				value: 'drop',
				description: 'Close the connection without a response, as exapi requires',
			},
			{
				name: 'HTTP 401',
				value: '401',
				description:
					'Respond with HTTP 401, for proxies that turn a closed connection into HTTP 502',
			},
		],
		default: 'drop',
		description:
			"How to reject a request with an unknown or banned sender, a wrong signature, or an address that is not allowed. Defaults to 'Closed Connection'.",
	},
);

const repeats: INodeProperties = {
	displayName: 'Repeated Orders',
	name: 'repeats',
	type: 'collection',
	placeholder: 'Add Rule',
	default: {},
	description:
		'How to recognize an order that a partner sends again, for example after a timeout. Without a rule, an addOrder with the same sender and parameters gets the first response for 24 hours and does not start the workflow again. Orders without an order number, and requests to the test URL, are never recognized.',
	options: [
		{
			displayName: 'After a Failure',
			name: 'afterFailure',
			type: 'options',
			options: [
				{
					name: 'Start Again',
					value: 'startAgain',
					description: 'The next attempt starts the workflow, with attempt 2 in the item',
				},
				{
					name: 'Repeat the Error',
					value: 'repeatError',
					description: 'The next attempt gets the same response without starting the workflow',
				},
			],
			default: 'startAgain',
			description:
				"What to do when an order is sent again that was not added: the workflow failed, or returned false or an error. A workflow may fail after it has stored the order, so with 'Start Again' it must look for the <code>orderId</code> before it stores one. Defaults to 'Start Again'.",
		},
		{
			displayName: 'Also for Reads',
			name: 'reads',
			type: 'boolean',
			default: false,
			description:
				'Whether all other requests get the first response again as well, if they are identical, with the same ID, even if the data has changed since. Anyone who recorded a request can replay it: without this, it starts the workflow.',
		},
		{
			displayName: 'Longest Run (Minutes)',
			name: 'longestRun',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 60,
			description:
				'How long an execution may work on an order. Until then a repeated order waits for its response, or is told that it is still being processed. Then it starts the workflow again, because n8n does not report an execution that was killed. Defaults to 60.',
		},
		{
			displayName: 'Recognize By',
			name: 'recognize',
			type: 'options',
			options: [
				{
					name: 'Sender and Parameters',
					value: 'parameters',
					description: 'All parameters of the order are the same',
				},
				{
					name: 'Sender and Order Number',
					value: 'orderNumber',
					description: 'The order number is the same, for partners whose parameters change',
				},
				{
					name: 'Nothing',
					value: 'off',
					description: 'Every request starts the workflow',
				},
			],
			default: 'parameters',
			description:
				"How to recognize that an order was sent before. Defaults to 'Sender and Parameters'.",
		},
		{
			displayName: 'Remember for (Minutes)',
			name: 'minutes',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1440,
			description:
				'How long to return the first response to a repeated order. 1440 minutes is 24 hours. Defaults to 1440.',
		},
	],
};

/** The fields of the Exapi Trigger. */
export const triggerFields: INodeProperties[] = [
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: 'exapi',
		required: true,
		placeholder: 'e.g. exapi',
		hint: "Send your partners the Production URL shown under 'Webhook URLs' above",
		description: 'Path of the URL that partners send requests to',
	},
	// Near the top: n8n shows the credentials below the field that one of them depends on.
	{
		displayName: 'Remember Bans In',
		name: 'store',
		type: 'options',
		options: [
			{
				name: 'Memory',
				value: 'memory',
				description: 'In the memory of this n8n process, until it ends',
			},
			{
				name: 'Redis',
				value: 'redis',
				description: 'Shared by all n8n processes, for queue mode and restarts',
			},
		],
		default: 'memory',
		description:
			'Where to store failed requests, bans and the responses to orders. In queue mode choose Redis, or each n8n process remembers for itself, and an order that reaches another process starts the workflow again.',
	},
	{
		displayName: 'Methods',
		name: 'methods',
		type: 'multiOptions',
		options: [
			{ name: 'addOrder', value: 'addOrder', description: 'A partner adds an order' },
			{ name: 'getOrders', value: 'getOrders', description: 'A partner requests its orders' },
			{
				name: 'getOrderStatus',
				value: 'getOrderStatus',
				description: 'A partner requests statuses by order numbers',
			},
			{
				name: 'getOrderStatusR',
				value: 'getOrderStatusR',
				description: 'A partner requests the changes since a revision',
			},
		],
		default: ['addOrder', 'getOrders', 'getOrderStatus', 'getOrderStatusR'],
		description: 'Methods that partners may call. Any other method gets a signed error at once.',
	},
	{
		displayName: 'Custom Methods',
		name: 'customMethods',
		type: 'string',
		default: '',
		placeholder: 'e.g. getBalance, getGoods',
		description: 'Names of additional methods, separated by commas',
	},
	{
		displayName: 'Output per Method',
		name: 'outputPerMethod',
		type: 'boolean',
		default: false,
		description: 'Whether to add a separate output for each method',
	},
	responseModeField({
		node: 'Exapi',
		lastNode: 'The items of the last node are the response',
		description: 'Which node provides the response. The trigger always signs it.',
	}),
	{
		displayName:
			'The output of the last node is the response. For <b>addOrder</b>: one item with <b>crmId</b>, the order’s number in the CRM, or false. For <b>getOrderStatus</b>, <b>getOrderStatusR</b> and <b>getOrders</b>: an item per order, with the fields that the Exapi node returns. For a custom method: one item with <b>result</b>. Other fields are not sent.',
		name: 'answerNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { responseMode: ['lastNode'] } },
	},
	deadlineField('After this time the partner gets a signed error, and the workflow continues'),
	timeZoneField({
		displayName: 'Time Zone',
		description:
			'Time zone of your CRM. Partners receive the dates of getOrders in it, because exapi sends dates without a time zone.',
	}),
	repeats,
	ban,
	{
		displayName:
			'Behind nginx or a load balancer, a closed connection looks like a broken n8n: the proxy responds to a rejected request with HTTP 502, and may stop sending partners’ requests to n8n for a while. Set <b>max_fails=0</b> in the proxy, or add the option <b>Reject With</b> and choose HTTP 401.',
		name: 'proxyNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: { '/options.rejectWith': ['401'] } },
	},
	options,
];
