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
	placeholder: 'Change a rule',
	default: {},
	description:
		'When failed requests shut a sender out. Without a rule here, 5 failures in 10 minutes ban for an hour. Failures of a partner count for its address and name together, those of unknown senders for their address.',
	hint: 'Addresses are those that n8n sees. Behind a proxy set N8N_PROXY_HOPS, or all partners share one address.',
	options: [
		{
			displayName: 'Ban for (Seconds)',
			name: 'banSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 3600,
			description: 'How long a ban lasts; 3600 are an hour',
		},
		{
			displayName: 'Failures',
			name: 'maxFailures',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 5,
			description: 'Number of failed requests that leads to a ban',
		},
		{
			displayName: 'Within (Seconds)',
			name: 'windowSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 600,
			description: 'Time in which failures are counted together; 600 are 10 minutes',
		},
	],
};

const options = triggerOptionsField(
	...waitingOptions,
	allowedAddressesOption(
		'IP addresses and networks that may send. Others get what “Reject With” says. Empty for all. Behind a proxy set N8N_PROXY_HOPS, or all have the address of the proxy.',
	),
	{
		displayName: 'Reject With',
		name: 'rejectWith',
		type: 'options',
		options: [
			{
				name: 'Closed Connection',
				value: 'drop',
				description: 'As exapi demands: not a byte is answered',
			},
			{
				name: 'HTTP 401',
				value: '401',
				description: 'For proxies that turn a closed connection into HTTP 502',
			},
		],
		default: 'drop',
		description:
			'What a request gets that is not admitted: its sender is unknown or banned, its signature is wrong, or its address is not allowed',
	},
	{
		displayName: 'Repeat Window (Minutes)',
		name: 'repeatWindow',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'For how long an addOrder that comes again word for word gets its first answer again, without starting the workflow. With 0 each one starts it. Whoever recorded a request can send it again: other methods start the workflow and are answered anew, unless “Repeat Window Also for Reads” is on.',
	},
	{
		displayName: 'Repeat Window Also for Reads',
		name: 'repeatReads',
		type: 'boolean',
		default: false,
		description:
			'Whether the repeat window holds for all methods, not for addOrder alone. A request that comes again word for word, with the same ID, then gets its first answer again, even if what it asks for has changed since.',
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
		hint: 'Give partners the Production URL that stands under “Webhook URLs” above',
		description: 'The path of the address that partners send to',
	},
	// Near the top: n8n shows the credentials below the field that one of them depends on.
	{
		displayName: 'Remember Bans In',
		name: 'store',
		type: 'options',
		options: [
			{ name: 'Memory', value: 'memory', description: 'Of this n8n process, until it ends' },
			{
				name: 'Redis',
				value: 'redis',
				description: 'Shared by all n8n processes, for queue mode and restarts',
			},
		],
		default: 'memory',
		description:
			'Where failures, bans and repeated requests are remembered. In queue mode choose Redis, or each n8n process counts for itself.',
	},
	{
		displayName: 'Methods',
		name: 'methods',
		type: 'multiOptions',
		options: [
			{ name: 'addOrder', value: 'addOrder', description: 'A partner adds an order' },
			{ name: 'getOrders', value: 'getOrders', description: 'A partner asks for its orders' },
			{
				name: 'getOrderStatus',
				value: 'getOrderStatus',
				description: 'A partner asks for statuses by order numbers',
			},
			{
				name: 'getOrderStatusR',
				value: 'getOrderStatusR',
				description: 'A partner asks for what changed since a revision',
			},
		],
		default: ['addOrder', 'getOrders', 'getOrderStatus', 'getOrderStatusR'],
		description: 'What partners may call. Everything else gets a signed error at once.',
	},
	{
		displayName: 'Custom Methods',
		name: 'customMethods',
		type: 'string',
		default: '',
		placeholder: 'e.g. getBalance, getGoods',
		description: 'Names of further methods, separated by commas',
	},
	{
		displayName: 'Output per Method',
		name: 'outputPerMethod',
		type: 'boolean',
		default: false,
		description: 'Whether each method has an output of its own',
	},
	responseModeField({
		node: 'Exapi',
		lastNode: 'The items of the last node are the answer',
		description: 'Where the answer comes from. It always leaves signed.',
	}),
	{
		displayName:
			'What the last node gives is the answer. To <b>addOrder</b>: one item with <b>crmId</b>, the order’s number in the CRM, or false. To <b>getOrderStatus</b>, <b>getOrderStatusR</b> and <b>getOrders</b>: an item for each order, with the fields that the Exapi node gives. To a method of your own: one item with <b>result</b>. Other fields are not sent.',
		name: 'answerNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { responseMode: ['lastNode'] } },
	},
	deadlineField('After this time the partner gets a signed error, and the workflow goes on'),
	timeZoneField({
		displayName: 'Time Zone',
		description:
			'The time zone that your CRM uses. Partners get the dates of getOrders in it, because exapi sends dates without a zone.',
	}),
	ban,
	{
		displayName:
			'Behind nginx or a balancer a closed connection looks like a broken n8n: the proxy answers HTTP 502 to a rejected request, and may send n8n no requests of partners for a while. Set <b>max_fails=0</b> there, or add the option <b>Reject With</b> and choose HTTP 401.',
		name: 'proxyNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: { '/options.rejectWith': ['401'] } },
	},
	options,
];
