import { join } from 'node:path';
import type { Loading } from '../loading/process';
import type { Fact } from '../measure/comparison';
import { digits } from '../report/figures';
import { median, noiseOf } from '../measure/statistics';
import { Callee } from '../process/caller';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

const ROUNDS: Record<Size, number> = { full: 9, quick: 1 };
const MAX_MILLISECONDS = 150;
const MAX_MEGABYTES = 25;
const MB = 1024 * 1024;

export const packageStart: Row = {
	id: '12',
	title: 'Package start',
	how: 'What loading the installed package adds to a process that has loaded n8n’s engine, by the loader that n8n itself uses for community packages; a process of its own for each round.',

	async measure(stage, size) {
		const loadings: Loading[] = [];
		for (let round = 0; round < ROUNDS[size]; round++) loadings.push(await loadOnce(stage));
		const dependencies = loadings[0]?.dependencies ?? [];
		return {
			comparisons: [],
			facts: [
				bounded(
					'time that loading adds',
					loadings.map((one) => one.milliseconds),
					'ms',
					MAX_MILLISECONDS,
				),
				bounded(
					'memory that loading adds',
					loadings.map((one) => one.memory / MB),
					'MB',
					MAX_MEGABYTES,
				),
				{
					what: 'loaded along, `soap` not before it is used',
					other: dependencies.join(', '),
					value: dependencies.includes('soap') ? 'soap is loaded' : 'no soap',
					holds: !dependencies.includes('soap'),
				},
			],
		};
	},
};

async function loadOnce({ n8n, packageFolder, userFolder }: Stage): Promise<Loading> {
	const process = await Callee.fork({
		script: join(__dirname, '..', 'loading', 'process.js'),
		args: [n8n.folder, packageFolder],
		node: n8n.node,
		nodeArgs: ['--expose-gc'],
		env: { NODE_PATH: join(n8n.folder, 'node_modules'), N8N_USER_FOLDER: userFolder },
		logFile: join(userFolder, 'loading.log'),
	});
	try {
		return await process.call<Loading>('load');
	} finally {
		await process.stop();
	}
}

function bounded(what: string, values: number[], unit: string, most: number): Fact {
	const middle = median(values);
	const noise = noiseOf(values);
	return {
		what,
		value: `${digits(middle)} ${unit}`,
		noise: `± ${digits(noise)}`,
		bound: `≤ ${most} ${unit}`,
		holds: middle - noise <= most,
	};
}
