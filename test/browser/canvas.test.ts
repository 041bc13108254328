/** @needs chromium */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { readExample } from '../../tools/demo/demo-n8n';
import { checkoutFolder } from '../../tools/n8n/checkout';
import { CLEAN_UP_TIMEOUT, useHost, type SharedHost } from '../e2e/host';
import { OWNER } from '../e2e/owner';
import { openBrowser } from './browser';
import { Editor } from './editor';
import { INSTALL_TIMEOUT } from './editor-host';

jest.setTimeout(240_000);

const SCREEN = { width: 1280, height: 760 };
const EXAMPLES = readdirSync(join(checkoutFolder(), 'examples')).filter((name) =>
	name.endsWith('.json'),
);

let host: SharedHost;
let browser: Browser;
beforeAll(async () => {
	host = await useHost();
	browser = await openBrowser();
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await browser.close();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

/** An editor that is logged in, on a desk that is light or dark. */
async function open(
	colorScheme: 'light' | 'dark',
): Promise<{ editor: Editor; desk: BrowserContext }> {
	const desk = await browser.newContext({ viewport: SCREEN, colorScheme });
	const editor = new Editor(await desk.newPage(), host.n8n.url);
	await editor.logIn(OWNER);
	return { editor, desk };
}

/** Stores an example as a person does who imports it, and opens it. */
async function openExample(editor: Editor, file: string): Promise<string[]> {
	const { name, nodes, connections, settings = {} } = await readExample(file);
	const { id } = await host.rest.createWorkflow({ name, nodes, connections, settings });
	await editor.openWorkflow(id);
	return nodes.map((node) => node.name);
}

/** Names of the pictures of our services on the canvas. */
async function iconsOf(page: Page): Promise<string[]> {
	const images = await page.locator('img[src*="n8n-nodes-partner-exchange"]').all();
	const addresses = images.map(async (image) => await image.getAttribute('src'));
	const names = (await Promise.all(addresses)).map((address) => String(address).split('/').at(-1)!);
	return [...new Set(names)];
}

describe('the examples', () => {
	let editor: Editor;
	let desk: BrowserContext;
	beforeAll(async () => {
		({ editor, desk } = await open('light'));
	});
	afterAll(async () => await desk.close());

	it.each(EXAMPLES)('%s is shown whole, each node known to n8n', async (file) => {
		await editor.watched(file, async () => {
			const names = await openExample(editor, file);
			expect((await editor.nodeNames()).sort()).toEqual(names.sort());
			// What n8n says in the place of a node that it does not know.
			expect(await editor.page.getByText(/not (currently )?installed/i).count()).toBe(0);
			await editor.shootCanvas(`example-${file.replace(/\.json$/, '')}`);
		});
	});
});

it.each([
	['light', ['clientright.svg', 'elektrik.svg', 'exapi.svg']],
	['dark', ['clientright.dark.svg', 'elektrik.dark.svg', 'exapi.dark.svg']],
] as const)('on a %s desk the nodes have the icons for it', async (colorScheme, icons) => {
	const { editor, desk } = await open(colorScheme);
	const found: string[] = [];
	for (const file of ['exapi-orders.json', 'clientright-claim.json', 'elektrik-points.json']) {
		await openExample(editor, file);
		found.push(...(await iconsOf(editor.page)));
	}
	expect(found.sort()).toEqual(icons);
	await desk.close();
});

it('an AI agent is offered the nodes as tools', async () => {
	const { editor, desk } = await open('light');
	await editor.watched('tools', async () => {
		const { id } = await host.rest.createWorkflow({
			name: 'An agent',
			nodes: [
				{
					name: 'Agent',
					type: '@n8n/n8n-nodes-langchain.agent',
					typeVersion: 2,
					position: [0, 0],
					parameters: {},
				},
			],
			connections: {},
		});
		await editor.openWorkflow(id);
		const names = await editor.searchTool('Exapi');
		expect(names).toContain('Exapi Tool');
		await editor.chooseTool('Exapi Tool');
		// The model may fill in what a person would.
		await editor.fieldsForModel.first().waitFor();
		await editor.shoot('exapi-tool');
	});
	await desk.close();
});
