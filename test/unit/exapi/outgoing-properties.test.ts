import fc from 'fast-check';
import {
	matchOrders,
	readPartnerOrders,
	readStatusAnswer,
	resultFor,
	revisionAfter,
	toOrderState,
	toPartnerOrder,
	type CallLogEntry,
	type OrderState,
	type WorkflowResult,
	type PartnerOrder,
} from '../../../nodes/Exapi/protocol';
import type { JsonObject } from '../../../nodes/shared/wire';

const ZONE = 'Europe/Moscow';
const SECRET = 'never-to-be-seen 7d1f';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const number = text.map((value) => `№${value}`);
const integer = fc.nat();
const price = fc.integer({ min: 0, max: 10_000_000 }).map((cents) => cents / 100);
// Moscow has had one offset since the end of 2014.
const moment = fc
	.integer({ min: Date.UTC(2015, 0) / 1000, max: Date.UTC(2040, 0) / 1000 })
	.map((second) => {
		const moscow = new Date((second + 3 * 60 * 60) * 1000).toISOString();
		return moscow.replace('.000Z', '+03:00');
	});
const noneOr = <Value>(some: fc.Arbitrary<Value>) => fc.option(some, { nil: null });

const call: fc.Arbitrary<CallLogEntry> = fc.record({
	date: noneOr(moment),
	state: fc.constantFrom(0, 1),
	recall: noneOr(moment),
	comment: text,
});
const state: fc.Arbitrary<OrderState> = fc.record({
	orderId: number,
	status: fc.constantFrom('pending', 'confirmed', 'на складе'),
	callCount: integer,
	comment: text,
	callComment: text,
	addRevision: integer,
	updateRevision: integer,
	callLog: fc.array(call, { maxLength: 3 }),
});
const states = fc.uniqueArray(state, { selector: ({ orderId }) => orderId });
const partnerOrder: fc.Arbitrary<PartnerOrder> = fc.record({
	orderId: number,
	createdAt: noneOr(moment),
	approvedAt: noneOr(moment),
	fullName: text,
	phone: text,
	phone2: text,
	zipCode: text,
	city: text,
	street: text,
	house: text,
	flat: text,
	deliveryCost: price,
	deliveryDate: noneOr(moment.map((value) => value.slice(0, 10))),
	deliveryFrom: text,
	deliveryTo: text,
	goods: fc.array(fc.record({ name: text, article: text, price, quantity: integer }), {
		maxLength: 3,
	}),
});

/** As items come out of n8n, and as the answer comes to the partner. */
const overTheWire = <Value>(value: Value) => JSON.parse(JSON.stringify(value)) as Value;

function give(method: string, params: unknown[], given: readonly object[]): unknown {
	const items = overTheWire(given) as JsonObject[];
	const answers = [{ items }, { result: items }].map((outcome) =>
		resultFor({ method, params, id: '' }, outcome, ZONE),
	);
	expect(answers[1]).toEqual(answers[0]);
	return overTheWire(answers[0]);
}

describe('our own client reads the answer', () => {
	it.each([0, 1])('from getOrderStatus, flag %i', (flag) => {
		fc.assert(
			fc.property(states, fc.array(number), (known, unknown) => {
				const asked = [...unknown, ...known.map(({ orderId }) => orderId).reverse()];
				const answer = readStatusAnswer(give('getOrderStatus', [asked, flag], known));
				const found = matchOrders(asked, answer);
				for (const order of known) {
					expect(toOrderState(found.get(order.orderId) ?? {}, ZONE)).toEqual(order);
				}
				expect(found.size).toBe(known.length);
			}),
		);
	});

	it.each([0, 1])('from getOrderStatusR, flag %i', (flag) => {
		fc.assert(
			fc.property(states, integer, (changed, revision) => {
				const answer = readStatusAnswer(give('getOrderStatusR', [revision, flag], changed));
				expect(answer.orders.map(({ order }) => toOrderState(order, ZONE))).toEqual(changed);
				const revisions = changed.flatMap((order) => [order.addRevision, order.updateRevision]);
				expect(revisionAfter(answer, revision)).toBe(Math.max(revision, ...revisions.map(Number)));
			}),
		);
	});

	it('from getOrders', () => {
		fc.assert(
			fc.property(fc.array(partnerOrder), (orders) => {
				const answer = readPartnerOrders(give('getOrders', ['2026-01-01'], orders));
				expect(answer.map((order) => toPartnerOrder(order, ZONE))).toEqual(orders);
			}),
		);
	});
});

/** Names that mean something in an item; any other is a column of somebody's database. */
const DOCUMENTED = new Set(
	[
		'orderId status callCount comment callComment addRevision updateRevision callLog',
		'nmb call_cnt call_comment add_rev upd_rev call_log date state recall',
		'createdAt approvedAt fullName phone phone2 zipCode city street house flat deliveryCost',
		'deliveryDate deliveryFrom deliveryTo goods name article price quantity',
		'number fio phone1 deliveryStime deliveryEtime approveDate goodItems goodName goodArticle',
		'revision orders found result crmId',
	].flatMap((names) => names.split(' ')),
);

describe('no other field is sent', () => {
	/** Columns that a row of a database may have beside, and below, an order's own. */
	const column = fc
		.oneof(fc.string(), fc.constantFrom('password', 'id', 'rev', 'number2', '__proto__', 'margin'))
		.filter((name) => !DOCUMENTED.has(name));
	const secrets = fc.dictionary(
		column,
		fc.oneof(fc.constant(SECRET), fc.constant({ a: [SECRET] }), fc.constant([{ orderId: SECRET }])),
		{ minKeys: 1, noNullPrototype: true },
	);
	const wireStatus = (order: OrderState) => {
		const { orderId: nmb, callLog: call_log, status, comment } = order;
		return { nmb, status, comment, call_log };
	};
	const wireOrder = ({ orderId, goods }: PartnerOrder) => ({ number: orderId, goodItems: goods });

	const layouts: Array<[string, (items: JsonObject[]) => WorkflowResult]> = [
		['items', (items) => ({ items })],
		['a result', (items) => ({ result: items })],
		['an item with a result', (items) => ({ items: [{ result: items, password: SECRET }] })],
		['a result with orders', (orders) => ({ result: { rev: 1, orders, password: SECRET } })],
	];

	it.each(layouts)('from %s', (_, layOut) => {
		fc.assert(
			fc.property(
				state,
				partnerOrder,
				secrets,
				fc.constantFrom(0, 1),
				(status, order, more, flag) => {
					const statusItems = [
						{
							...status,
							...more,
							callLog: status.callLog.map((entry) => ({ ...(entry as object), ...more })),
						},
						{ ...wireStatus(status), ...more },
					];
					const orderItems = [
						{
							...order,
							...more,
							goods: order.goods.map((good) => ({ ...(good as object), ...more })),
						},
						{ ...wireOrder(order), ...more },
					];
					const requests: Array<[string, unknown[], JsonObject[]]> = [
						['getOrderStatus', [[status.orderId], flag], statusItems],
						['getOrderStatusR', [0, flag], statusItems],
						['getOrders', ['2026-01-01'], orderItems],
					];
					for (const [method, params, items] of requests) {
						for (const item of items) {
							const result = resultFor({ method, params, id: '' }, layOut([item]), ZONE);
							expect(JSON.stringify(result)).toContain('№');
							expect(JSON.stringify(result)).not.toContain(SECRET);
						}
					}
				},
			),
		);
	});

	it('from rows that are longer than the document has them', () => {
		const row = ['A-1', 'paid', 0, '', '', 1, 1, [{ date: '', password: SECRET }], SECRET];
		for (const [method, params] of [
			['getOrderStatus', [['A-1']]],
			['getOrderStatusR', [0, 0]],
		] as const) {
			const request = { method, params: [...params], id: '' };
			const result = resultFor(request, { result: [row] }, ZONE);
			expect(result).toEqual([
				[...row.slice(0, 7), [{ date: '', state: 0, recall: '', comment: '' }]],
			]);
		}
	});

	it('from addOrder: an integer or false', () => {
		fc.assert(
			fc.property(fc.jsonValue(), secrets, (value, more) => {
				const request = { method: 'addOrder', params: [{}], id: '' };
				for (const outcome of [
					{ items: [{ ...more, crmId: value }] as JsonObject[] },
					{ result: value },
				]) {
					try {
						const result = resultFor(request, outcome, ZONE);
						expect(result === false || Number.isInteger(result)).toBe(true);
					} catch (error) {
						expect(error).toMatchObject({ name: 'ExapiInputError', field: 'crmId' });
						expect(String(error)).not.toContain(SECRET);
					}
				}
			}),
		);
	});
});
