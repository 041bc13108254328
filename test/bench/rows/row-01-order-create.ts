import type { RunResult } from '../engine/process';
import type { CrmFigures } from '../partners/process';
import { atLeast, type Comparison, type Fact, type Reach } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import { figure } from '../report/figures';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

/** What the committed workflows of ours set. */
export const CONCURRENCY = 16;

const WORKFLOWS = {
	mapped: 'exapi-orders-mapped',
	dragged: 'exapi-orders-dragged',
	computed: 'exapi-orders-computed',
	chain: 'exapi-orders-chain',
	code: 'exapi-orders-code',
} as const;
type SideName = keyof typeof WORKFLOWS;
const SIDES = Object.keys(WORKFLOWS) as SideName[];

/** How our node gets the fields of an order. */
const HOW: Partial<Record<SideName, string>> = {
	mapped: 'mapped',
	dragged: 'four dragged fields',
	computed: 'four computed expressions',
};

interface Setting {
	orders: number;
	/** Milliseconds until the CRM answers. */
	answerTime: number;
	rounds: number;
	sides: readonly SideName[];
	/** Sides that take so long, and are so far away from their bounds, that one round has to do. */
	once?: readonly SideName[];
}

const SETTINGS: Record<Size, Setting[]> = {
	full: [
		{ orders: 1_000, answerTime: 0, rounds: 3, sides: SIDES },
		{ orders: 1_000, answerTime: 50, rounds: 1, sides: ['mapped', 'chain'] },
		{
			orders: 5_000,
			answerTime: 0,
			rounds: 3,
			sides: ['mapped', 'dragged', 'code'],
			once: ['chain'],
		},
		{ orders: 5_000, answerTime: 50, rounds: 1, sides: ['mapped', 'chain'] },
	],
	quick: [{ orders: 20, answerTime: 0, rounds: 1, sides: SIDES }],
};

export const orderCreate: Row = {
	id: '1',
	title: '`order.create`',
	how: `Signed orders to a CRM in another process, each answer verified. The chain is Code → Crypto → HTTP Request → Crypto → IF → Code; its Code-node variant signs and verifies in the Code nodes. The Exapi node sends ${CONCURRENCY} at once, and gets the fields in three ways: mapped by name; dragged in, as \`{{ $json.phone }}\`; computed, as \`{{ $json.phone.trim() }}\`.`,

	async measure(stage, size, progress) {
		const comparisons: Comparison[] = [];
		const facts: Fact[] = [];
		const [first] = SETTINGS[size];
		// Not measured: loads the nodes, starts the task runner, and lets Node compile what is called often.
		for (const side of SIDES)
			await runSide(stage, side, { ...first!, orders: Math.min(first!.orders, 200) });
		for (const setting of SETTINGS[size]) {
			progress(`  ${setting.orders} orders, ${setting.answerTime} ms`);
			const { figures, connections, chainNodes } = await measure(stage, setting);
			comparisons.push(...compare(setting, figures));
			if (setting !== first) continue;
			facts.push(...connectionFacts(setting, connections), timeByNode(chainNodes));
		}
		return { comparisons, facts };
	},
};

type Figures = Partial<Record<SideName, number[]>>;
type Connections = Partial<Record<SideName, number>>;

interface Measures {
	figures: Figures;
	connections: Connections;
	/** Milliseconds by node, of the last run of the chain. */
	chainNodes: Record<string, number>;
}

async function measure(stage: Stage, setting: Setting): Promise<Measures> {
	const connections: Connections = {};
	let chainNodes: Measures['chainNodes'] = {};
	const sideOf = (side: SideName) => {
		const run = async () => {
			const { milliseconds, nodes } = await runSide(stage, side, setting);
			if (side === 'chain') chainNodes = nodes;
			const crm = await stage.partners.call<CrmFigures>('exapi');
			// Connections that were kept from the run before are used again instead of opened.
			const used = Math.max(crm.connectionsOpened, crm.mostConnectionsAtOnce);
			connections[side] = Math.max(connections[side] ?? 0, used);
			return milliseconds;
		};
		return [side, run] as const;
	};
	const { rounds, sides, once = [] } = setting;
	const figures = {
		...(await inTurn(rounds, Object.fromEntries(sides.map(sideOf)))),
		...(await inTurn(1, Object.fromEntries(once.map(sideOf)))),
	};
	return { figures, connections, chainNodes };
}

/** @throws Error when not every order arrived and was answered */
async function runSide(
	stage: Stage,
	side: SideName,
	{ orders, answerTime }: Setting,
): Promise<RunResult> {
	await stage.prepare({ answerTime });
	const run = await stage.run(WORKFLOWS[side], 'orders', orders);
	const { items, last } = run;
	const crm = await stage.partners.call<CrmFigures>('exapi');
	if (items !== orders || crm.orders !== orders || typeof last?.crmId !== 'number') {
		throw new Error(`${WORKFLOWS[side]} gave ${items} items, the CRM has ${crm.orders} orders`);
	}
	return run;
}

function compare({ orders, answerTime }: Setting, figures: Figures): Comparison[] {
	const work = `\`order.create\`, ${orders.toLocaleString('en')} orders, ${answerTime} ms`;
	const reached = (reach: number | undefined): { reach?: Reach } =>
		reach !== undefined && answerTime === 0 ? { reach: atLeast(reach) } : {};
	const pair = (ours: SideName, theirs: SideName, other: string, reach?: number) => {
		const own = figures[ours];
		const others = figures[theirs];
		if (!own || !others) return [];
		const comparison: Comparison = {
			work: `${work}, ${HOW[ours]}`,
			other,
			unit: 'ms',
			ours: own,
			others,
			ratio: 'faster',
			...reached(reach),
		};
		return [comparison];
	};
	return [
		...pair('mapped', 'chain', 'chain of built-in nodes', 6),
		...pair('mapped', 'code', 'chain, its work in Code nodes', 3),
		...pair('dragged', 'chain', 'chain of built-in nodes', 4),
		...pair('computed', 'chain', 'chain of built-in nodes'),
	];
}

function connectionFacts({ orders }: Setting, { mapped = 0, chain = 0 }: Connections): Fact[] {
	return [
		{
			what: `connections for ${orders.toLocaleString('en')} orders, ours`,
			value: String(mapped),
			bound: `≤ ${CONCURRENCY}`,
			holds: mapped <= CONCURRENCY,
		},
		{ what: 'connections, chain of built-in nodes', value: chain.toLocaleString('en') },
	];
}

function timeByNode(nodes: Measures['chainNodes']): Fact {
	const spent = Object.entries(nodes).filter(([name]) => name !== 'Input');
	return {
		what: 'chain of built-in nodes: time by node',
		other: spent.map(([name, milliseconds]) => `${name} ${figure(milliseconds, 'ms')}`).join(', '),
		value: figure(
			spent.reduce((sum, [, milliseconds]) => sum + milliseconds, 0),
			'ms',
		),
	};
}
