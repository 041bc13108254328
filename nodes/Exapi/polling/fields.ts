import type { INodeProperties } from 'n8n-workflow';

/** The fields of the Exapi Order Trigger. */
export const orderTriggerFields: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		options: [
			{
				name: 'Order Approved',
				value: 'orderApproved',
				description:
					'The CRM approved an order. Each item includes goods and delivery (getOrders).',
			},
			{
				name: 'Status Changed',
				value: 'statusChanged',
				description: 'An order was added or changed: status, comment or calls (getOrderStatusR)',
			},
		],
		default: 'statusChanged',
	},
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'options',
		options: [
			{ name: 'Now', value: 'now', description: 'Only changes from now on' },
			{ name: 'Revision', value: 'revision', description: 'All changes since a revision' },
		],
		default: 'now',
		displayOptions: { show: { event: ['statusChanged'] } },
		description:
			'Which changes to start with when the workflow is first published. Changing this later has no effect: to start over, rename the node or add a new one.',
	},
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'options',
		options: [
			{ name: 'Date', value: 'date', description: 'Orders approved since a date and time' },
			{ name: 'Now', value: 'now', description: 'Only changes from now on' },
		],
		default: 'now',
		displayOptions: { show: { event: ['orderApproved'] } },
		description:
			'Which orders to start with when the workflow is first published. Changing this later has no effect: to start over, rename the node or add a new one.',
	},
	{
		displayName: 'Revision',
		name: 'revision',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 0,
		displayOptions: { show: { event: ['statusChanged'], startFrom: ['revision'] } },
		description: 'Revision to start with, 0 for all orders of the CRM',
	},
	{
		displayName: 'Date',
		name: 'date',
		type: 'dateTime',
		default: '',
		required: true,
		displayOptions: { show: { event: ['orderApproved'], startFrom: ['date'] } },
		description:
			'Date and time to start with. Without a time zone, the workflow’s time zone applies.',
	},
	{
		displayName:
			'No change is lost when n8n stops, but after a restart the trigger emits the latest changes again. If duplicates matter, add a <b>Remove Duplicates</b> node: Operation <b>Remove Items Processed in Previous Executions</b>, Value to Dedupe On <b>{{ $json.eventId }}</b>.',
		name: 'repeatsNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Look Back (Days)',
				name: 'lookBackDays',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 366 },
				default: 7,
				displayOptions: { show: { '/event': ['orderApproved'] } },
				description:
					'How many days back each poll looks: the longest time between an order and its approval. An order approved later may be missed. More days mean larger responses from the CRM. Defaults to 7.',
			},
			{
				displayName: 'Statuses',
				name: 'statuses',
				type: 'multiOptions',
				options: [
					{ name: 'Confirmed (Подтвержден)', value: 'confirmed' },
					{ name: 'Delivered (Доставлен)', value: 'delivered' },
					{ name: 'Duplicated (Дубль)', value: 'duplicated' },
					{ name: 'Paid (Оплачен)', value: 'paid' },
					{ name: 'Pending (В ожидании)', value: 'pending' },
					{ name: 'Rejected (Отказ)', value: 'rejected' },
					{ name: 'Return (Возврат)', value: 'return' },
				],
				default: [],
				displayOptions: { show: { '/event': ['statusChanged'] } },
				description: 'Which statuses start the workflow. If none is selected, all of them do.',
			},
		],
	},
];
