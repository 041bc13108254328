import { element } from './dom.js';

const REMEMBERED = 'partner-sandbox';

/**
 * Has a form do something when one of its buttons is pressed, and shows what came of it, or why
 * nothing did, in the form's <output>.
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
