import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { checkoutFolder } from '../../tools/n8n/checkout';
import type { Owner } from '../../tools/n8n/rest';
import { smallPng } from './small-png';

const TEST_ADDRESS = /https?:\/\/[^\s"']+\/webhook-test\/[\w/-]+/;

/** n8n's own marks for tests in the HTML of its editor. */
const id = (name: string): string => `[data-test-id="${name}"]`;

/** Longer than playwright's half a minute: a machine with two cores runs n8n and the browser. */
const ANSWERS_WITHIN_MS = 60_000;

/** Buttons and panels fade in. */
const SETTLED_MS = 700;

/** A part of the screen, in pixels. */
interface Clip {
	x: number;
	y: number;
	width: number;
	height: number;
}

const SHOWN_NODES = '.vue-flow__node';
/** The button that runs a workflow has a part beside it where there are several triggers. */
const RUN_BUTTON = `:has(> ${id('execute-workflow-button')})`;
const WITHOUT_BUTTONS = `${id('canvas-controls')}, ${RUN_BUTTON}, ${RUN_BUTTON} ~ * { visibility: hidden }`;
const MARGIN = 16;

/** What holds all of the boxes, with a margin. */
function around(boxes: readonly Clip[]): Clip {
	const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
	const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN;
	const right = Math.max(...boxes.map(({ x, width }) => x + width)) + MARGIN;
	const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + MARGIN;
	return { x: left, y: top, width: right - left, height: bottom - top };
}

/** n8n's editor, used as a person uses it. */
export class Editor {
	/** @param url of n8n, without a slash at the end */
	constructor(
		readonly page: Page,
		private readonly url: string,
	) {
		page.setDefaultTimeout(ANSWERS_WITHIN_MS);
		page.on('dialog', (dialog) => void dialog.accept());
	}

	async logIn({ email, password }: Pick<Owner, 'email' | 'password'>): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.fill('input[name=emailOrLdapLoginId]', email);
		await this.page.fill('input[name=password]', password);
		await this.page.click(id('form-submit-button'));
		await this.page.waitForURL((address) => !address.pathname.startsWith('/signin'));
	}

	/** Through Settings › Community nodes. */
	async installCommunityPackage(name: string): Promise<void> {
		await this.page.goto(`${this.url}/settings/community-nodes`);
		await this.page
			.getByRole('button', { name: /^Install/ })
			.first()
			.click();
		await this.page.locator(id('package-name-input')).locator('visible=true').first().click();
		await this.page.keyboard.type(name);
		// Not in the middle: there is a link.
		await this.page
			.locator(id('user-agreement-checkbox'))
			.first()
			.click({ position: { x: 8, y: 8 } });
		await this.page.locator(id('install-community-package-button')).click();
		await this.page.locator(id('community-package-card')).waitFor({ timeout: 180_000 });
	}

	/** Opens a new workflow and the node creator in it, and types what is looked for. */
	async searchNode(words: string): Promise<string[]> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.locator(id('node-creator-plus-button')).first().click();
		await this.page.locator(id('node-creator-search-bar')).click();
		await this.page.keyboard.type(words);
		const names = this.page.locator(id('node-creator-item-name'));
		await names
			.filter({ hasText: new RegExp(words, 'i') })
			.first()
			.waitFor();
		return (await names.allInnerTexts()).map((name) => name.trim());
	}

	/** Opens a stored workflow and shows all of it. */
	async openWorkflow(workflowId: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.page.locator(id('canvas-node')).first().waitFor();
		await this.page.locator(id('zoom-to-fit')).click();
		await this.page.waitForTimeout(SETTLED_MS);
	}

	/** Opens the panel of a node on the canvas. */
	async openNode(name: string): Promise<void> {
		await this.page.locator(`${SHOWN_NODES} [data-node-name="${name}"]`).first().dblclick();
		await this.panel.waitFor();
	}

	/** Names of the nodes on the canvas, notes included. */
	async nodeNames(): Promise<string[]> {
		const shown = this.page.locator(SHOWN_NODES).locator('[data-node-type][data-node-name]');
		const nodes = await shown.all();
		return await Promise.all(
			nodes.map(async (node) => String(await node.getAttribute('data-node-name'))),
		);
	}

	/** Opens the node creator at a node's place for tools, types, and gives the names that it shows. */
	async searchTool(words: string): Promise<string[]> {
		await this.page
			.locator(`[data-connection-type="ai_tool"] ${id('canvas-handle-plus')}`)
			.first()
			.click();
		await this.page.locator(id('node-creator-search-bar')).click();
		await this.page.keyboard.type(words);
		await this.creatorItem(`${words} Tool`).waitFor();
		const names = this.page.locator(id('node-creator-item-name'));
		return (await names.allInnerTexts()).map((name) => name.trim());
	}

	/** Chooses a tool in the node creator. */
	async chooseTool(name: string): Promise<void> {
		await this.creatorItem(name).click();
		await this.panel.waitFor();
	}

	/** The buttons that leave fields of the opened tool to the model. */
	get fieldsForModel(): Locator {
		return this.panel.locator(id('from-ai-override-button'));
	}

	/** Chooses a node in the node creator, then one of its actions or triggers. */
	async choose(node: string, action: string): Promise<void> {
		await this.creatorItem(node).click();
		await this.page.locator(id('node-creator-category-item')).first().waitFor();
		const folded = this.page.locator('[data-category-collapsed="true"]');
		for (const category of await folded.locator(id('node-creator-category-item')).all()) {
			await category.click();
		}
		await this.creatorItem(action).click();
		await this.panel.waitFor();
	}

	private creatorItem(name: string): Locator {
		const items = this.page.locator(id('node-creator-item-name'));
		return items.filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) }).first();
	}

	/** The panel of the opened node. */
	get panel(): Locator {
		return this.page.locator(id('ndv'));
	}

	get output(): Locator {
		return this.page.locator(`${id('output-panel')}, ${id('ndv-output-panel')}`).first();
	}

	/** A field of the opened node, or of the opened credential. */
	field(name: string): Locator {
		return this.page
			.locator(id(`parameter-input-${name}`))
			.locator('visible=true')
			.last();
	}

	/** Types a text or number into a field, in place of what is there. */
	async type(name: string, value: string): Promise<void> {
		const field = this.field(name);
		const plain = field.locator('input, textarea').first();
		if ((await plain.count()) > 0) {
			await plain.fill(value);
			// A date picker takes what was typed when it is closed.
			if ((await field.locator('.el-date-editor').count()) > 0) await plain.press('Enter');
			return;
		}
		await field.locator('.cm-content').click();
		await this.page.keyboard.press('ControlOrMeta+A');
		await this.page.keyboard.insertText(value);
	}

	/** Chooses an option of a field. */
	async select(name: string, option: string | RegExp): Promise<void> {
		await this.field(name).click();
		const options = this.page.getByRole('option').locator('visible=true');
		await options.filter({ hasText: option }).first().click();
	}

	/** A resource locator of the opened node. */
	private locator(name: string): Locator {
		return this.panel.locator(id(`resource-locator-${name}`));
	}

	/** Searches the list of a resource locator, and gives what it then shows. */
	async searchList(name: string, words: string): Promise<string[]> {
		const search = this.page
			.locator(`input${id('rlc-search')}, ${id('rlc-search')} input`)
			.locator('visible=true');
		if ((await search.count()) === 0) {
			await this.locator(name).locator(id('rlc-input')).click();
			await search.waitFor();
		}
		const answered = this.page.waitForResponse((response) =>
			response.url().includes('/resource-locator-results'),
		);
		await search.fill(words);
		await answered;
		await this.page.waitForTimeout(SETTLED_MS);
		const found = await this.listed.allInnerTexts();
		return found.map((text) => text.trim());
	}

	private get listed(): Locator {
		return this.page.locator(id('rlc-item')).locator('visible=true');
	}

	/** Chooses an entry of the list that is open. */
	async chooseListed(text: string): Promise<void> {
		await this.listed.filter({ hasText: text }).first().click();
		await this.listed.first().waitFor({ state: 'hidden' });
	}

	/** What a resource locator shows as its value. */
	async located(name: string): Promise<string> {
		const field = this.locator(name);
		const typed = field.locator('input').locator('visible=true');
		const values = await Promise.all((await typed.all()).map((input) => input.inputValue()));
		return [...values, await field.innerText()].join('\n').trim();
	}

	/** Where the button beside what was chosen leads to. */
	async linkOfListed(name: string): Promise<string> {
		const [opened] = await Promise.all([
			this.page.context().waitForEvent('page'),
			this.locator(name).locator(id('rlc-open-resource-link')).first().click(),
		]);
		const url = opened.url();
		await opened.close();
		return url;
	}

	/** Adds a field to the mapper of a module's fields. */
	async addMappedField(label: string): Promise<void> {
		const fields = this.panel.locator(id('mapping-fields-container'));
		await fields.getByText('Add field to send').click();
		await this.page.getByRole('menuitem', { name: label, exact: true }).click();
		await fields.locator(id('input-label')).filter({ hasText: label }).first().waitFor();
	}

	/** The labels in the mapper of a module's fields, from the top. */
	async mappedFields(): Promise<string[]> {
		const fields = this.panel.locator(id('mapping-fields-container'));
		await fields.waitFor();
		const labels = await fields.locator(id('input-label')).allInnerTexts();
		return labels.map((label) => label.trim().split('\n')[0]!);
	}

	/** Opens the dialog for a new credential from the opened node, and fills it in. */
	async newCredential(values: Readonly<Record<string, string>>): Promise<Locator> {
		await this.page
			.locator(`${id('node-credentials-empty-state')} button, ${id('node-credentials-select')}`)
			.first()
			.click();
		const create = this.page
			.locator(id('node-credentials-select-item-new'))
			.locator('visible=true');
		const dialog = this.credentialDialog;
		await create.or(dialog).first().waitFor();
		if (!(await dialog.isVisible())) await create.first().click();
		await dialog.waitFor();
		for (const [name, value] of Object.entries(values)) await this.type(name, value);
		return dialog;
	}

	/** Saves the opened credential. n8n tests it, and closes the dialog when there is no error. */
	async saveCredential(): Promise<void> {
		await this.credentialDialog.locator(id('credential-save-button')).click();
		await this.credentialDialog.waitFor({ state: 'hidden' });
	}

	/** Opens the credential of the opened node again: then the dialog shows what its test says. */
	async reopenCredential(): Promise<void> {
		await this.page.locator(id('credential-edit-button')).first().click();
		await this.credentialDialog.waitFor();
	}

	async closeCredential(): Promise<void> {
		const close = `${id('dialog-close-button')}, ${id('close-button')}, .el-dialog__headerbtn`;
		const button = this.credentialDialog.locator(close).first();
		if ((await button.count()) > 0) await button.click();
		else await this.page.keyboard.press('Escape');
		await this.credentialDialog.waitFor({ state: 'hidden' });
	}

	get credentialDialog(): Locator {
		return this.page
			.locator(`${id('editCredential-modal')}, ${id('credential-edit-dialog')}`)
			.first();
	}

	/** "Execute step", or "Fetch Test Event" of a trigger that polls. */
	async execute(): Promise<void> {
		const buttons = `${id('node-execute-button')}, ${id('trigger-execute-button')}`;
		await this.panel.locator(buttons).locator('visible=true').first().click();
	}

	/** The address at which the opened trigger is to be tried; before it listens. */
	async testAddress(): Promise<string> {
		const shown = this.panel.getByText('/webhook-test/').locator('visible=true').first();
		if ((await shown.count()) === 0) await this.panel.getByText('Webhook URLs').first().click();
		return TEST_ADDRESS.exec(await shown.innerText())![0];
	}

	/**
	 * Does something in the editor. When it fails, a picture of the editor and its HTML are kept, and
	 * the error names them.
	 */
	async watched<T>(name: string, act: () => Promise<T>): Promise<T> {
		try {
			return await act();
		} catch (error) {
			const path = join(tmpdir(), `partner-exchange-failed-${name}.png`);
			await this.page.screenshot({ path });
			await writeFile(path.replace(/png$/, 'html'), await this.page.content());
			throw new Error(`${String(error)}\nThe editor at that moment: ${path}`, { cause: error });
		}
	}

	/** As {@link shoot}, of the nodes and notes on the canvas alone. */
	async shootCanvas(name: string): Promise<void> {
		await this.page.addStyleTag({ content: WITHOUT_BUTTONS });
		const nodes = await this.page.locator(SHOWN_NODES).all();
		const boxes = await Promise.all(nodes.map(async (node) => await node.boundingBox()));
		await this.shoot(name, around(boxes.filter((box) => box !== null)));
	}

	/** A picture for the documentation, made when PARTNER_EXCHANGE_SCREENSHOTS is 1. */
	async shoot(name: string, clip?: Clip): Promise<void> {
		if (process.env.PARTNER_EXCHANGE_SCREENSHOTS !== '1') return;
		const folder = join(checkoutFolder(), 'docs', 'images');
		await mkdir(folder, { recursive: true });
		// The label of the button returns a moment after the output.
		await this.page.waitForTimeout(SETTLED_MS);
		const part = await this.page.screenshot({ animations: 'disabled', ...(clip && { clip }) });
		const picture = smallPng(part);
		await writeFile(join(folder, `${name}.png`), picture);
	}
}
