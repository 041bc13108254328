import type { ContactFigures } from '../partners/process';
import { atLeast, type Comparison } from '../measure/comparison';
import { inTurn } from '../measure/rounds';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

const SIZES: Record<Size, { rounds: number; contacts: number; loginEach: number }> = {
	full: { rounds: 2, contacts: 1_000, loginEach: 100 },
	quick: { rounds: 1, contacts: 8, loginEach: 4 },
};
/** Milliseconds that the CRM works at each call, the session locked meanwhile. */
const WORK_TIME = 20;
const SESSIONS = 4;

export const contactUpsert: Row = {
	id: '4',
	title: '`contact.upsert`',
	how: `The CRM works ${WORK_TIME} ms at each call and holds the session meanwhile, as a vtiger does. Beside the node’s pool of ${SESSIONS} sessions: built-in nodes that log in once and send all contacts in that session; built-in nodes that ask for a challenge, log in and send for each contact, one after the other, since parallel logins of a vtiger break each other. The last is measured with fewer contacts and compared by the contact.`,

	async measure(stage, size) {
		const { rounds, contacts, loginEach } = SIZES[size];
		let logins = 0;
		const figures = await inTurn(rounds, {
			pool: async () => {
				const run = await store(stage, 'clientright-contacts', contacts);
				logins = Math.max(logins, run.logins);
				return run.milliseconds;
			},
			oneSession: async () =>
				(await store(stage, 'clientright-contacts-one-session', contacts)).milliseconds,
			loginEach: async () => {
				const run = await store(stage, 'clientright-contacts-login-each', loginEach);
				return (run.milliseconds * contacts) / loginEach;
			},
		});
		const base = {
			work: `\`contact.upsert\`, ${contacts.toLocaleString('en')} contacts, ${WORK_TIME} ms`,
			unit: 'ms',
			ours: figures.pool,
			ratio: 'faster',
		} satisfies Partial<Comparison>;
		return {
			comparisons: [
				{
					...base,
					other: 'built-in nodes, one session',
					others: figures.oneSession,
					reach: atLeast(3),
				},
				{
					...base,
					other: `built-in nodes, a login for each (${loginEach})`,
					others: figures.loginEach,
					reach: atLeast(9),
				},
			],
			facts: [
				{
					what: `logins for ${contacts.toLocaleString('en')} contacts`,
					value: String(logins),
					bound: `≤ ${SESSIONS}`,
					holds: logins <= SESSIONS,
				},
			],
		};
	},
};

/** @throws Error when not every contact arrived */
async function store(
	stage: Stage,
	name: string,
	contacts: number,
): Promise<{ milliseconds: number; logins: number }> {
	await stage.prepare({ workTime: WORK_TIME });
	const { milliseconds } = await stage.run(name, 'contacts', contacts);
	const crm = await stage.partners.call<ContactFigures>('clientright');
	if (crm.contacts !== contacts) {
		throw new Error(`${name} stored ${crm.contacts} of ${contacts} contacts`);
	}
	return { milliseconds, logins: crm.logins };
}
