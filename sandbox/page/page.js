import { clientRightSection } from './clientright.js';
import { control } from './control.js';
import { element } from './dom.js';
import { elektrikSection } from './elektrik.js';
import { exapiSection } from './exapi.js';

const EVERY_MS = 1000;

const SECTIONS = {
	exapi: exapiSection,
	clientright: clientRightSection,
	elektrik: elektrikSection,
};

const connection = document.getElementById('connection');
/** By system: the function that brings its section up to date. */
const updates = new Map();

let isDescribed = false;

async function describe() {
	if (isDescribed) return;
	for (const system of await control('GET', '')) {
		const { name, faults } = system;
		const section = document.getElementById(name);
		section.querySelector('.credential').replaceChildren(credential(system), routes(system));
		if (!updates.has(name)) updates.set(name, SECTIONS[name](section, faults));
	}
	isDescribed = true;
}

/** What to enter in the credential in n8n, each value with a button that copies it. */
function credential({ credential: values }) {
	const rows = values.flatMap(([label, value]) => [
		element('dt', {}, label),
		element('dd', {}, value),
		copyButton(label, value),
	]);
	const title = element('summary', {}, 'What to put into the credential in n8n');
	return element('details', {}, title, element('dl', {}, ...rows));
}

/** The control API, for users who prefer a program to this page. */
function routes({ controlUrl, routes: list }) {
	const rows = list.map(({ method, path, about }) =>
		element('li', {}, element('code', {}, `${method} ${path}`), ` ${about}`),
	);
	const label = `Control API: JSON at ${controlUrl}`;
	const items = element('ul', { className: 'list', ariaLabel: label }, ...rows);
	return element('details', {}, element('summary', {}, label), items);
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

function tell(text, className) {
	// A live region that is written again is read out again.
	if (connection.textContent === text) return;
	connection.textContent = text;
	connection.className = className;
}

async function update() {
	try {
		await describe();
		await Promise.all([...updates.values()].map((show) => show()));
		tell('Live: what arrives is shown at once.', 'good');
	} catch (error) {
		// The sandbox may come back with other credentials.
		isDescribed = false;
		tell(error.message, 'bad');
	}
}

/** One after the other: a slow sandbox is not asked twice at once. A hidden page needs no update. */
async function keepUpToDate() {
	for (;;) {
		if (!document.hidden) await update();
		await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
	}
}

void keepUpToDate();
