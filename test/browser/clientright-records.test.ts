/** @needs chromium */

import type { Browser } from 'playwright-core';
import { SANDBOX_USER } from '../../sandbox/clientright';
import { clientRightWorkflow, NODE } from '../e2e/clientright-workflow';
import { CLEAN_UP_TIMEOUT, useHost, type SharedHost } from '../e2e/host';
import { OWNER } from '../e2e/owner';
import { openBrowser } from './browser';
import { Editor } from './editor';
import { INSTALL_TIMEOUT } from './editor-host';

jest.setTimeout(240_000);

const SCREEN = { width: 1280, height: 760 };
/** The parameters of an opened node, below its credential. */
const PARAMETERS = { x: 431, y: 178, width: 419, height: 400 };
const CLIENTS = [
	{ firstname: 'Анна', lastname: 'Образцова', mobile: '+7 900 000-00-05' },
	{ firstname: 'Пётр', lastname: 'Тестов', mobile: '8 (900) 000-00-06' },
];

let host: SharedHost;
let browser: Browser;
let editor: Editor;
let credentialId: string;
beforeAll(async () => {
	host = await useHost();
	for (const client of CLIENTS) host.sandbox.clientright.crm.seed('contact', client);
	const { url } = host.address.clientright;
	credentialId = await host.rest.createCredential({
		name: 'CRM',
		type: 'clientRightApi',
		data: { url, ...SANDBOX_USER, allowUnauthorizedCerts: false },
	});
	browser = await openBrowser();
	editor = new Editor(await browser.newPage({ viewport: SCREEN }), host.n8n.url);
	await editor.logIn(OWNER);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await browser.close();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

/** A stored node that a person opens. */
async function open(operation: string, parameters: Record<string, unknown>): Promise<void> {
	const workflow = clientRightWorkflow(credentialId, operation, parameters);
	const { id } = await host.rest.createWorkflow(workflow);
	await editor.openWorkflow(id);
	await editor.openNode(NODE);
}

function itWatched(name: string, act: () => Promise<void>): void {
	it(name, async () => {
		await editor.watched(name.replace(/\W+/g, '-'), act);
	});
}

describe('the list of clients', () => {
	itWatched('is searched by name and by phone, and leads to the CRM', async () => {
		await open('project.create', { offenderId: '83837' });
		expect(await editor.searchList('contactId', 'Тестов')).toEqual([
			'Пётр Тестов, 8 (900) 000-00-06',
		]);
		expect(await editor.searchList('contactId', '9000000005')).toEqual([
			'Анна Образцова, +7 900 000-00-05',
		]);
		await editor.shoot('clientright-picker', PARAMETERS);
		await editor.chooseListed('Анна Образцова');
		expect(await editor.linkOfListed('contactId')).toMatch(
			/\/index\.php\?module=Contacts&view=Detail&record=\d+$/,
		);
	});

	itWatched('keeps the text that an older workflow has', async () => {
		await open('project.create', { contactId: '83859', offenderId: '={{ $json.company }}' });
		expect(await editor.located('contactId')).toBe('83859');
		expect(await editor.located('offenderId')).toContain('$json.company');
	});
});

describe('the mapper of a module’s fields', () => {
	itWatched('shows the labels and choices of the CRM, mandatory fields first', async () => {
		await open('record.create', { module: 'Contacts' });
		expect(await editor.mappedFields()).toEqual(['Values to Send', 'Last Name']);
		for (const label of ['ИНН', 'Lead Source', 'Assigned To']) await editor.addMappedField(label);
		const shown = await editor.mappedFields();
		expect(shown).toEqual(expect.arrayContaining(['Last Name', 'ИНН', 'Lead Source']));
		await editor.shoot('clientright-mapper', { ...PARAMETERS, height: 450 });
	});
});
