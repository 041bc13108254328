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
	{
		displayName: 'Repeat Window (Minutes)',
		name: 'repeatWindow',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			"How long to return the first response to an identical addOrder request instead of starting the workflow again. With 0, the default, every request starts the workflow. Anyone who recorded a request can replay it: requests of other methods start the workflow again, unless 'Repeat Window Also for Reads' is on.",
	},
	{
		displayName: 'Repeat Window Also for Reads',
		name: 'repeatReads',
		type: 'boolean',
		default: false,
		description:
			'Whether the repeat window applies to all methods instead of addOrder alone. An identical request, with the same ID, then gets the first response again, even if the data has changed since.',
	},
);

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
			'Where to store failed requests, bans and the responses of the repeat window. In queue mode choose Redis, or each n8n process counts for itself.',
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
