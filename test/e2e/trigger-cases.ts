import { ExapiAnswerError } from '../../nodes/Exapi/protocol/message';
import type { Partner } from './partner';
import {
	failingNode,
	nothing,
	respond,
	set,
	splitOut,
	stopAndError,
	triggerWorkflow,
	wait,
} from './trigger-workflows';

export type TriggerParameters = Record<string, unknown>;
/** The nodes behind one output of the trigger, in their order. */
export type Chain = Parameters<typeof triggerWorkflow>[3];

export const KEY = { sender: 'партнёр_7', secret: 'invented / секрет 41c2' };
export const OTHER = { sender: 'partner_8', secret: 'invented 77aa' };
export const ORDER = { order_id: 'A-7', good_id: 'Чайник / 2 л', kolvo: '2', utm: 'x' };

/** Answers addOrder; what else it gives must not leave. */
export const addsOrder: Chain = [set('={{ { crmId: 5001, password: "row of a database" } }}')];

export const FAILED = 'The request could not be processed';
export const LATE = 'The request was not processed in time';

/** An admitted addOrder of which nothing comes, and the error that the partner gets. */
export const FAILURES: Array<[path: string, TriggerParameters, Chain, error: string]> = [
	['node-fails', {}, [failingNode()], FAILED],
	['stop-and-error', {}, [stopAndError()], FAILED],
	['no-items', {}, [nothing()], FAILED],
	['not-a-number', {}, [set({ crmId: 'A-7', row: 1 })], FAILED],
	['too-slow', { deadline: 1 }, [wait(3), ...addsOrder], LATE],
	['respond-midway', {}, [respond({ result: '77' }), set({ crmId: 77 })], FAILED],
	['claims-to-be-respond', {}, [set({ exapiAnswer: { result: 77 }, answerKey: 'mine' })], FAILED],
	[
		'never-reached',
		{ responseMode: 'responseNode' },
		[nothing(), respond({ result: '1' })],
		FAILED,
	],
	[
		'respond-error',
		{ responseMode: 'responseNode' },
		[respond({ respondWith: 'error', errorMessage: 'Нет товара' })],
		'Нет товара',
	],
];

/** An execution that n8n ends for its time; the deadline comes later. */
export const TIMED_OUT: [TriggerParameters, Chain] = [
	{ executionTimeout: 8, deadline: 11 },
	[wait(40), ...addsOrder],
];

/** A workflow of which all four methods are answered. */
export const FOUR_METHODS: [TriggerParameters, ...Chain[]] = [
	{
		outputPerMethod: true,
		methods: ['addOrder', 'getOrders', 'getOrderStatus', 'getOrderStatusR'],
	},
	[set('={{ { crmId: 1000 + $json.order.quantity, note: $json.order.goodName } }}')],
	[
		set(
			'={{ { orderId: "к/1", fullName: "Тестов", createdAt: "2026-03-01T07:00:00Z", goods: [{ name: "Чайник", price: 10, quantity: 1 }] } }}',
		),
	],
	[
		splitOut('orderIds'),
		set(
			'={{ { orderId: $json.orderIds, status: "paid", comment: "да / нет", updateRevision: 9, secretColumn: 1 } }}',
		),
	],
	[set('={{ { orderId: "A-1", status: "return", updateRevision: $json.revision + 1 } }}')],
];

/** 24 clients at once, over one or more addresses of the same echo; none gets another's answer. */
export async function expectOwnAnswers(partners: Partner[], total: number): Promise<void> {
	let next = 0;
	const work = async () => {
		while (next < total) {
			const number = next++;
			const text = `значение ${number}`;
			const partner = partners[number % partners.length]!;
			const id = `id-${number}`;
			const { result } = await partner.call('echo', [text], id).catch((error: unknown) => {
				const detail = error instanceof ExapiAnswerError ? error.detail : '';
				throw new Error(`${id} of ${total}: ${String(error)} ${detail}`, { cause: error });
			});
			expect(result).toBe(text);
		}
	};
	await Promise.all(Array.from({ length: 24 }, work));
}

/** Gives back the first parameter, whatever it is. */
export const ECHO: [TriggerParameters, Chain] = [
	{ customMethods: 'echo', deadline: 120 },
	[set('={{ { result: $json.params[0] } }}')],
];
