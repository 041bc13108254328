import { alternativesFor } from '../../../nodes/ClientRight/actions/pickers';
import { busyInTurn } from '../../../nodes/ClientRight/client/exchange';
import type { RecordTurn } from '../../../nodes/shared/items';

describe('alternativesFor', () => {
	it('looks for each word in each field of the name', () => {
		expect(alternativesFor("Анна О'Хара", ['firstname', 'lastname'], [])).toEqual([
			"firstname LIKE '%Анна%' AND firstname LIKE '%О''Хара%'",
			"firstname LIKE '%Анна%' AND lastname LIKE '%О''Хара%'",
			"lastname LIKE '%Анна%' AND firstname LIKE '%О''Хара%'",
			"lastname LIKE '%Анна%' AND lastname LIKE '%О''Хара%'",
		]);
	});

	it('looks for a phone however it is written', () => {
		expect(alternativesFor('+7 900', [], ['mobile'])).toEqual(["mobile LIKE '%+7 900%'"]);
		expect(alternativesFor('90000', [], ['mobile'])).toEqual([
			"mobile LIKE '%90000%'",
			"mobile LIKE '%9%0%0%0%0%'",
		]);
	});
});

it('a turn of several calls continues in the session of the one that was lost', async () => {
	const confirmed: Array<string | undefined> = [];
	const turn: RecordTurn = {
		note: undefined,
		confirm: async (note) => {
			confirmed.push(note);
			await Promise.resolve();
		},
		settle: () => undefined,
	};
	const credential = {
		url: 'https://crm.test/webservice.php',
		username: 'api',
		accessKey: 'key',
		allowUnauthorizedCerts: false,
	};
	const first = busyInTurn(credential, turn);
	await first.enter('session1');
	first.store('session1');
	const second = busyInTurn(credential, turn);
	expect(second.name).toBe('session1');
	second.clear();
	expect(busyInTurn(credential, turn).name).toBeUndefined();
	expect(confirmed).toHaveLength(1);
});
