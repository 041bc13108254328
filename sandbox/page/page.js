import { clientRightSection } from './clientright.js';
import { control } from './control.js';
import { showCredential } from './credential.js';
import { elektrikSection } from './elektrik.js';
import { exapiSection } from './exapi.js';

const EVERY_MS = 1000;

const connection = document.getElementById('connection');
const systems = {
	exapi: exapiSection(document.getElementById('exapi')),
	clientright: clientRightSection(document.getElementById('clientright')),
	elektrik: elektrikSection(document.getElementById('elektrik')),
};

let isDescribed = false;

async function describe() {
	if (isDescribed) return;
	for (const { name, credential } of await control('GET', '')) {
		showCredential(document.querySelector(`#${name} .credential`), credential);
	}
	isDescribed = true;
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
		await Promise.all(Object.values(systems).map((show) => show()));
		tell('Live: what arrives is shown at once.', 'good');
	} catch (error) {
		// The sandbox may come back with other credentials.
		isDescribed = false;
		tell(error.message, 'bad');
	}
}

/** One after the other: a slow sandbox is not asked twice at once. Nobody looks at a hidden page. */
async function keepUpToDate() {
	for (;;) {
		if (!document.hidden) await update();
		await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
	}
}

void keepUpToDate();
