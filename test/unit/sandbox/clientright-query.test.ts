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

describe('query', () => {
	it.each<[string, unknown]>([
		["SELECT id FROM Contacts WHERE mobile = '+79000000001' LIMIT 1;", [{ id: '12x84001' }]],
		["select lastname from Contacts where id='12x84001';", [{ id: '12x84001', lastname: "О'Нил" }]],
		["SELECT id FROM Contacts WHERE lastname = 'О''Нил';", [{ id: '12x84001' }]],
		["SELECT id FROM Contacts WHERE mobile='+79000000002' AND inn='1';", []],
		["SELECT id FROM Accounts WHERE inn = '7100000001';", [{ id: '11x84003' }]],
		['SELECT id FROM Contacts;', [{ id: '12x84001' }, { id: '12x84002' }]],
		['SELECT id FROM Contacts LIMIT 1;', [{ id: '12x84001' }]],
	])('finds records: %s', async (text, rows) => {
		expect(await query(text)).toEqual(rows);
	});

	it.each<[string, string]>([
		["SELECT id FROM Contacts WHERE mobile = '+7' OR 1;", 'QUERY_SYNTAX_ERROR'],
		["SELECT id FROM Contacts WHERE mobile = '';", 'INTERNAL_SERVER_ERROR'],
		["SELECT id FROM Contacts WHERE phone = '1';", 'ACCESS_DENIED'],
		["SELECT secret FROM Contacts WHERE mobile = '1';", 'ACCESS_DENIED'],
		['', 'ACCESS_DENIED'],
	])('refuses %j', async (text, code) => {
		expect(await query(text)).toMatchObject({ code });
	});
});
