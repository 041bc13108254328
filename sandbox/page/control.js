import { element } from './dom.js';

const REMEMBERED = 'partner-sandbox';

/**
 * One request to the sandbox's control API.
 *
 * @param {string} method
 * @param {string} path below /control
 * @param {unknown} [body] sent as JSON
 * @returns {Promise<unknown>} the JSON of the answer; undefined for an empty one
 * @throws Error with the sandbox's own words, or that it does not answer
 */
export async function control(method, path, body) {
	let response;
	try {
		response = await fetch(`/control${path}`, {
			method,
			headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
	} catch {
		throw new Error('The sandbox does not answer. Start it again: npm run sandbox');
	}
	const text = await response.text();
	const answer = text === '' ? undefined : JSON.parse(text);
	if (!response.ok) throw new Error(answer?.error ?? `HTTP status ${response.status}`);
	return answer;
}

/**
 * Runs an action when a button of a form is pressed, and shows its result, or its error, in the
 * form's <output>.
 *
 * @param {HTMLFormElement} form
 * @param {(fields: Record<string, string>, button: string) => Promise<Array<Node | string>>} act
 */
export function onSubmit(form, act) {
	const output = form.querySelector('output');
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		const fields = Object.fromEntries(new FormData(form));
		const buttons = [...form.querySelectorAll('button')];
		buttons.forEach((button) => (button.disabled = true));
		output.replaceChildren('Sending…');
		try {
			output.replaceChildren(...(await act(fields, event.submitter?.value ?? '')));
		} catch (error) {
			output.replaceChildren(element('span', { className: 'bad' }, error.message));
		} finally {
			buttons.forEach((button) => (button.disabled = false));
			event.submitter?.focus({ preventScroll: true });
		}
	});
}

/** Keeps what is typed into a field for the next visit, in this browser. */
export function remember(field, name) {
	const key = `${REMEMBERED}.${name}`;
	field.value = localStorage.getItem(key) ?? field.value;
	field.addEventListener('input', () => localStorage.setItem(key, field.value));
}
