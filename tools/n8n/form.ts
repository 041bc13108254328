import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './problem';

const ENDED_WITHIN_MS = 30_000;
const PUBLISHED_WITHIN_MS = 20_000;
const UNDER_WAY = new Set(['new', 'running', 'waiting', 'null']);

/** A file to choose in a form. */
export interface ChosenFile {
	name: string;
	mimeType: string;
	content: string | Uint8Array;
}

/**
 * Fills in a published n8n form as a browser does.
 *
 * @param values by the labels of the fields
 * @returns the address of the next page
 * @throws Problem when n8n does not accept the form
 */
export async function submitForm(
	address: string,
	values: Readonly<Record<string, ChosenFile | string>>,
): Promise<string> {
	const page = await openForm(address);
	const body = new FormData();
	for (const [label, value] of Object.entries(values)) {
		const name = fieldOf(page, label);
		if (typeof value === 'string') body.set(name, value);
		else body.set(name, new File([value.content], value.name, { type: value.mimeType }));
	}
	const answer = await fetch(address, { method: 'POST', body });
	const text = await answer.text();
	if (!answer.ok) throw new Problem(`n8n answered the form with HTTP ${answer.status}: ${text}`);
	const { formWaitingUrl } = JSON.parse(text) as { formWaitingUrl: string };
	return formWaitingUrl;
}

/** n8n may still answer 404 for a moment after it has published a workflow. */
async function openForm(address: string): Promise<string> {
	const until = Date.now() + PUBLISHED_WITHIN_MS;
	for (;;) {
		const answer = await fetch(address);
		if (answer.status !== 404 || Date.now() > until) return await answer.text();
		await sleep(250);
	}
}

/** The name that the page gives to the field with a label. */
function fieldOf(page: string, label: string): string {
	const labels = [...page.matchAll(/<label[^>]*for=["'](field-\d+)["'][^>]*>([^<]*)/g)];
	const [, name] = labels.find(([, , text]) => text?.trim().startsWith(label)) ?? [];
	if (name !== undefined) return name;
	throw new Problem(`The form has no field "${label}":\n${page.slice(0, 20_000)}`);
}

/**
 * The page that the form ends with, as HTML. As a browser does, it asks for the state first: n8n
 * gives no answer to who asks for the page while the workflow runs.
 */
export async function lastPageOf(address: string): Promise<string> {
	const state = new URL(address);
	state.pathname += '/n8n-execution-status';
	const until = Date.now() + ENDED_WITHIN_MS;
	for (;;) {
		const status = await (await fetch(state)).text();
		if (!UNDER_WAY.has(status)) return await (await fetch(address)).text();
		if (Date.now() > until) throw new Problem(`The form has not ended: it is ${status}`);
		await sleep(250);
	}
}

/** What a person reads on a page. */
export function wordsOf(page: string): string {
	return page.replace(/<(style|script)\b[^]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ');
}
