import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { VtigerClient } from './clientright-client';

let sandbox: Sandbox;
let url: string;
let session: string;
beforeAll(async () => {
	sandbox = createSandbox();
	({ url } = (await sandbox.start()).clientright);
	const { crm } = sandbox.clientright;
	// It looks among the records that are there afterwards.
	crm.reset();
	session = await new VtigerClient(url).logIn();
	crm.seed('contact', { mobile: '+79000000001', lastname: "О'Нил" });
	crm.seed('contact', { mobile: '+79000000002', lastname: 'Проба', inn: '400000000002' });
	crm.seed('account', { accountname: 'Пример', inn: '7100000001' });
});
afterAll(() => sandbox.stop());

async function query(text: string): Promise<unknown> {
	const parameters = new URLSearchParams({ operation: 'query', sessionName: session, query: text });
	const response = await fetch(`${url}?${parameters.toString()}`);
	const { result, error } = (await response.json()) as { result?: unknown; error?: unknown };
	return result ?? error;
}

const ids = (...numbers: number[]) => numbers.map((number) => ({ id: `12x${number}` }));

describe('query', () => {
	it.each<[string, unknown]>([
		["SELECT id FROM Contacts WHERE mobile = '+79000000001' LIMIT 1;", ids(84001)],
		["select lastname from Contacts where id='12x84001';", [{ id: '12x84001', lastname: "О'Нил" }]],
		["SELECT id FROM Contacts WHERE lastname = 'О''Нил';", ids(84001)],
		["SELECT id FROM Contacts WHERE lastname = 'о''нил  ';", ids(84001)],
		["SELECT id FROM Contacts WHERE mobile='+79000000002' AND cf_inn='1';", []],
		["SELECT id FROM Contacts WHERE cf_inn = ' ';", ids(84001)],
		["SELECT id FROM Contacts WHERE cf_inn != ' ' OR lastname LIKE 'О%';", ids(84001, 84002)],
		["SELECT id FROM Contacts WHERE lastname LIKE '_роба';", ids(84002)],
		["SELECT id FROM Contacts WHERE lastname LIKE '_\\\\\\\\роба';", []],
		["SELECT id FROM Accounts WHERE cf_inn = '7100000001';", [{ id: '11x84003' }]],
		['SELECT id FROM Contacts;', ids(84001, 84002)],
		['SELECT id FROM Contacts LIMIT 1;', ids(84001)],
		['SELECT id FROM Contacts ORDER BY lastname, id DESC;', ids(84002, 84001)],
		['SELECT id FROM Contacts LIMIT 1, 5;', ids(84002)],
		["SELECT birthday, account_id FROM Contacts WHERE birthday < '2000-01-01';", []],
	])('finds records: %s', async (text, rows) => {
		expect(await query(text)).toEqual(rows);
	});

	it.each<[string, string]>([
		["SELECT id FROM Contacts WHERE mobile = '+7' OR 1;", 'QUERY_SYNTAX_ERROR'],
		['SELECT id FROM Contacts', 'QUERY_SYNTAX_ERROR'],
		['SELECT id, FROM Contacts;', 'QUERY_SYNTAX_ERROR'],
		['SELECT * FROM Contacts c;', 'QUERY_SYNTAX_ERROR'],
		['SELECT id FROM Contacts WHERE mobile IS NULL;', 'QUERY_SYNTAX_ERROR'],
		["SELECT id FROM Contacts WHERE mobile = '';", 'INTERNAL_SERVER_ERROR'],
		["SELECT id FROM Contacts WHERE phone2 = '1';", 'ACCESS_DENIED'],
		["SELECT secret FROM Contacts WHERE mobile = '1';", 'ACCESS_DENIED'],
		["SELECT id FROM Contacts WHERE assigned_user_id = '1';", 'INVALID_ID_ATTRIBUTE'],
		['SELECT id;', 'ACCESS_DENIED'],
		['', 'ACCESS_DENIED'],
	])('refuses %j', async (text, code) => {
		expect(await query(text)).toMatchObject({ code });
	});

	it('is refused by the web server where it is too long for an address', async () => {
		const response = await fetch(`${url}?operation=query&query=${'x'.repeat(9000)}`);
		expect(response.status).toBe(414);
	});
});

it('gives ids with what they are called, asked through the module Mobile', async () => {
	const answer = await new VtigerClient(url).post({
		operation: 'mobile.query',
		sessionName: session,
		module: 'Contacts',
		query: "SELECT assigned_user_id FROM Contacts WHERE id = '12x84001';",
	});
	expect(answer.result).toMatchObject({
		records: [
			{
				id: '12x84001',
				assigned_user_id: { value: '19x1', label: 'api' },
				account_id: { value: null, label: null },
			},
		],
		nextPage: 0,
	});
});
