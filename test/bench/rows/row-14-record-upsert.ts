import { atLeast } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { ContactFigures } from '../partners/process';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

const SIZES: Record<Size, { rounds: number; records: number }> = {
	full: { rounds: 2, records: 1_000 },
	quick: { rounds: 1, records: 8 },
};
/** Milliseconds that the CRM works at each call, the session locked meanwhile. */
const WORK_TIME = 20;
const SESSIONS = 4;

export const recordUpsert: Row = {
	id: '14',
	title: '`record.upsert`',
	how: `Each client is looked for by its mobile and, since it is new, created: two calls, of ${WORK_TIME} ms each, the session locked meanwhile. Beside the node’s pool of ${SESSIONS} sessions: built-in nodes that log in once and send both calls for each client in that session.`,

	async measure(stage, size) {
		const { rounds, records } = SIZES[size];
		const { ours, others } = await inTurn(rounds, {
			ours: async () => await store(stage, 'clientright-record-upsert', records),
			others: async () => await store(stage, 'clientright-record-upsert-one-session', records),
		});
		return {
			comparisons: [
				{
					work: `\`record.upsert\`, ${records.toLocaleString('en')} records, ${WORK_TIME} ms`,
					other: 'built-in nodes, one session',
					unit: 'ms',
					ours,
					others,
					ratio: 'faster',
					reach: atLeast(3),
				},
			],
			facts: [],
		};
	},
};

/** @throws Error when not every record arrived */
async function store(stage: Stage, name: string, records: number): Promise<number> {
	await stage.prepare({ workTime: WORK_TIME });
	const { milliseconds } = await stage.run(name, 'clients', records);
	const { contacts } = await stage.partners.call<ContactFigures>('clientright');
	if (contacts !== records) throw new Error(`${name} stored ${contacts} of ${records} records`);
	return milliseconds;
}
