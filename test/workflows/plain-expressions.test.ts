import fc from 'fast-check';
import { ExecuteContext, ExecutionLifecycleHooks } from 'n8n-core';
import {
	createEmptyRunExecutionData,
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
} from 'n8n-workflow';
import { parameterReader } from '../../nodes/shared/items';
import { propertyReaderFor } from '../../nodes/shared/items/run';
import { engineData } from '../engine-data';

/** n8n's own context of a node in an execution, with counted evaluations. */
function contextOf(parameters: INodeParameters, input: IDataObject[], seenByExpressions = input) {
	const node: INode = {
		id: 'node',
		name: 'Node',
		type: 'test.node',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const type = { description: { properties: [] } } as unknown as INodeType;
	const workflow = new Workflow({
		id: 'test',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => type,
			getByNameAndVersion: () => type,
			getKnownTypes: () => ({}),
		},
	});
	// The workflow drops what the description does not name.
	node.parameters = parameters;
	const itemsOf = (all: IDataObject[]): INodeExecutionData[] => all.map((json) => ({ json }));
	const data = { main: [itemsOf(input)] };
	const context = new ExecuteContext(
		workflow,
		node,
		engineData({ ExecutionLifecycleHooks }, workflow, 'execution', {}),
		'manual',
		createEmptyRunExecutionData(),
		0,
		itemsOf(seenByExpressions),
		data,
		{ node, data, source: null },
		[],
	);
	const evaluate = jest.spyOn(workflow.expression, 'getParameterValue');
	return { context, evaluations: () => evaluate.mock.calls.length };
}

const NAMES = ['a', 'номер', 'two words', 'x.y', '0', 'length', 'constructor', '__proto__'];
const name = fc.constantFrom(...NAMES);
const { value } = fc.letrec((tie) => ({
	value: fc.oneof(
		{
			weight: 4,
			arbitrary: fc.constantFrom<unknown>('=1', '={{ 1 }}', '', 0, -0, 1.5, true, null),
		},
		{ weight: 2, arbitrary: fc.string() },
		{ weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 2 }) },
		{ weight: 1, arbitrary: fc.dictionary(name, tie('value'), { noNullPrototype: true }) },
	),
}));
const item = fc.dictionary(name, value, { minKeys: 4, noNullPrototype: true }) as fc.Arbitrary<
	Record<string, never>
>;

const step = fc.oneof(
	{
		weight: 5,
		arbitrary: name.map((known) => (/ |\.|^0/.test(known) ? `["${known}"]` : `.${known}`)),
	},
	{ weight: 1, arbitrary: name.map((known) => `['${known}']`) },
	{ weight: 1, arbitrary: fc.nat(2).map((index) => `[${index}]`) },
	{ weight: 1, arbitrary: fc.constantFrom('.toString()', '?.a', '.isEmpty()', '[$itemIndex]') },
);
const steps = fc.oneof(
	{ weight: 3, arbitrary: step },
	{ weight: 1, arbitrary: fc.tuple(step, step).map((two) => two.join('')) },
);
const expression = fc.oneof(
	{ weight: 4, arbitrary: steps.map((path) => `={{ $json${path} }}`) },
	fc
		.tuple(fc.constantFrom('={{$json', '={{\n$json', '= {{ $json', '=x{{ $json'), steps)
		.map(([start, path]) => `${start}${path}}}`),
	steps.map((path) => `={{ $json${path} + 1 }}`),
);
const parameter = fc.oneof(
	{ weight: 3, arbitrary: expression },
	fc.record({ one: expression, fixed: fc.constantFrom('text', 7, null) }),
	fc.record({ values: fc.array(fc.record({ name: fc.string(), value: expression })) }),
);

describe('parameters that take over properties of an item', () => {
	it('have the values that n8n gives', () => {
		let plain = 0;
		fc.assert(
			fc.property(parameter, fc.array(item, { minLength: 1, maxLength: 4 }), (raw, items) => {
				const parameters = { wanted: raw as INodeParameters[string] };
				const read = parameterReader(contextOf(parameters, items).context);
				const { context } = contextOf(parameters, items);
				for (let index = 0; index < items.length; index++) {
					const byN8n = outcome(() => context.getNodeParameter('wanted', index));
					expect(outcome(() => read('wanted', index))).toEqual(byN8n);
					const byUs = propertyReaderFor(raw)?.(items[index]!);
					if (byUs === undefined) continue;
					plain += 1;
					expect({ value: byUs }).toEqual(byN8n);
				}
			}),
			{ numRuns: 400 },
		);
		// It would prove nothing if hardly any was read.
		expect(plain).toBeGreaterThan(100);
	});

	it('are evaluated by n8n for the first item only', () => {
		const input = Array.from({ length: 50 }, (_, index) => ({ phone: `7900000${1000 + index}` }));
		const { context, evaluations } = contextOf({ phone: '={{ $json.phone }}' }, input);
		const read = parameterReader(context);
		expect(input.map((_, index) => read('phone', index))).toEqual(input.map(({ phone }) => phone));
		expect(evaluations()).toBe(1);
	});

	it('are read by us in a resource locator as well', () => {
		const input = Array.from({ length: 50 }, (_, index) => ({ id: `12x${index + 1}` }));
		const locator = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
		const { context, evaluations } = contextOf({ record: locator }, input);
		const read = parameterReader(context);
		expect(input.map((_, index) => read('record', index))).toEqual(
			input.map(({ id }) => ({ ...locator, value: id })),
		);
		expect(evaluations()).toBe(1);
	});

	it('are left to n8n where it sees other items than the node, as in a tool of an agent', () => {
		const input = [{ a: 1 }, { a: 2 }, { a: 3 }];
		const seen = [{ a: 9 }, { a: 2 }, { a: 7 }];
		const { context } = contextOf({ a: '={{ $json.a }}' }, input, seen);
		const read = parameterReader(context);
		expect(input.map((_, index) => read('a', index))).toEqual([9, 2, 7]);
	});

	it.each([
		'={{ $json.a + 1 }}',
		'={{ $json.a }} ',
		'=it is {{ $json.a }}',
		'={{ $json.a.toString() }}',
		'={{ $json?.a }}',
		'={{ $json[$itemIndex] }}',
		'={{ $json[010] }}',
		"={{ $json['\\x61'] }}",
		'={{ $json.__proto__ }}',
		'={{ $json["constructor"] }}',
		'={{ $json }}',
		"={{ $('Node').item.json.a }}",
	])('are no other expressions: %s', (raw) => {
		expect(propertyReaderFor(raw)).toBeUndefined();
		expect(propertyReaderFor({ part: raw })).toBeUndefined();
	});

	it.each<[string, IDataObject]>([
		['not there', {}],
		['inherited', Object.create({ a: 1 }) as IDataObject],
		['an object', { a: {} }],
		['a list', { a: [1] }],
		['a date', { a: new Date(0) }],
		['nothing', { a: undefined }],
	])('are none that are %s', (_, json) => {
		expect(propertyReaderFor('={{ $json.a }}')?.(json)).toBeUndefined();
	});
});

type Outcome = { value: unknown } | { error: string };

function outcome(read: () => unknown): Outcome {
	try {
		return { value: read() };
	} catch (error) {
		return { error: (error as Error).message };
	}
}
