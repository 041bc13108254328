import { element } from './dom.js';

/**
 * What to put into the credential in n8n, each value with a button that copies it.
 *
 * @param {HTMLElement} place
 * @param {Array<[label: string, value: string]>} credential
 */
export function showCredential(place, credential) {
	const rows = credential.flatMap(([label, value]) => [
		element('dt', {}, label),
		element('dd', {}, value),
		copyButton(label, value),
	]);
	const title = element('summary', {}, 'What to put into the credential in n8n');
	place.replaceChildren(element('details', {}, title, element('dl', {}, ...rows)));
}

function copyButton(label, value) {
	const button = element('button', { type: 'button', ariaLabel: `Copy ${label}` }, 'Copy');
	button.addEventListener('click', async () => {
		await navigator.clipboard.writeText(value);
		button.textContent = 'Copied';
		setTimeout(() => (button.textContent = 'Copy'), 1500);
	});
	return button;
}
