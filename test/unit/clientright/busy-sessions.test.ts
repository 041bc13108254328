import { busyInMemory, busyInTurn } from '../../../nodes/ClientRight/client/exchange';
import type { RecordTurn } from '../../../nodes/shared/items';

const SESSION = '1a2b3c4d5e6f708192a3b';
const CREDENTIAL = {
	url: 'https://crm.example.com/webservice.php',
	username: 'api',
	accessKey: 'invented',
	allowUnauthorizedCerts: false,
};

function turnWith(note?: string): RecordTurn & { notes: string[]; isSettled: boolean } {
	const notes: string[] = [];
	const turn = {
		note,
		notes,
		isSettled: false,
		confirm: async (left = '') => await Promise.resolve(void notes.push(left)),
		settle: () => {
			turn.isSettled = true;
		},
	};
	return turn;
}

async function noteFor(session: string): Promise<string> {
	const turn = turnWith();
	await busyInTurn(CREDENTIAL, turn).enter(session);
	return turn.notes[0]!;
}

describe('a busy session that all processes know', () => {
	it('is noted before a request, until the CRM has answered', async () => {
		const turn = turnWith();
		const busy = busyInTurn(CREDENTIAL, turn);
		expect(busy.name).toBeUndefined();
		await busy.enter(SESSION);
		expect(turn.notes).toHaveLength(1);
		busy.store(SESSION);
		expect(turn.isSettled).toBe(false);
		busy.clear();
		expect(turn.isSettled).toBe(true);
	});

	it('can be read with the access key alone', async () => {
		const note = await noteFor(SESSION);
		expect(Buffer.from(note, 'base64').toString('latin1')).not.toContain(SESSION);
		expect(busyInTurn(CREDENTIAL, turnWith(note)).name).toBe(SESSION);
		const other = { ...CREDENTIAL, accessKey: 'another' };
		expect(busyInTurn(other, turnWith(note)).name).toBeUndefined();
	});

	it('looks different in each note', async () => {
		expect(await noteFor(SESSION)).not.toBe(await noteFor(SESSION));
	});

	it.each(['', 'AAAA', 'not base64 at all', 'A'.repeat(80)])('is not in the note %j', (note) => {
		expect(busyInTurn(CREDENTIAL, turnWith(note)).name).toBeUndefined();
	});
});

it('a busy session of this process is one for a record and a user', () => {
	busyInMemory(CREDENTIAL, 'a').store(SESSION);
	expect(busyInMemory(CREDENTIAL, 'a').name).toBe(SESSION);
	expect(busyInMemory(CREDENTIAL, 'b').name).toBeUndefined();
	expect(busyInMemory({ ...CREDENTIAL, username: 'other' }, 'a').name).toBeUndefined();
	busyInMemory(CREDENTIAL, 'a').clear();
	expect(busyInMemory(CREDENTIAL, 'a').name).toBeUndefined();
});
