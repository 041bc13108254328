import { setTimeout as sleep } from 'node:timers/promises';

const ENDED_WITHIN_MS = 30_000;
const UNDER_WAY = new Set(['new', 'running', 'waiting', 'null']);

/**
 * Fills in a published n8n form as a browser does.
 *
 * @param values by the labels of the fields
 * @returns the address of the next page
 */
export async function submitForm(
	address: string,
	values: Readonly<Record<string, string>>,
): Promise<string> {
	const page = await (await fetch(address)).text();
	const body = new FormData();
	for (const [label, value] of Object.entries(values)) body.set(fieldOf(page, label), value);
	const answer = await fetch(address, { method: 'POST', body });
	const { formWaitingUrl } = (await answer.json()) as { formWaitingUrl: string };
	return formWaitingUrl;
}

/** The name that the page gives to the field with a label. */
function fieldOf(page: string, label: string): string {
	const labels = [...page.matchAll(/<label[^>]*for=["'](field-\d+)["'][^>]*>([^<]*)/g)];
	const [, name] = labels.find(([, , text]) => text?.trim().startsWith(label)) ?? [];
	if (name !== undefined) return name;
	throw new Error(`The form has no field "${label}":\n${page.slice(0, 20_000)}`);
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
		if (Date.now() > until) throw new Error(`The form has not ended: it is ${status}`);
		await sleep(250);
	}
}

/** What a person reads on a page. */
export function wordsOf(page: string): string {
	return page.replace(/<(style|script)\b[^]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ');
}
