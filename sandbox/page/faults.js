import { control, onSubmit } from './control.js';
import { element, quiet, showList } from './dom.js';

/** What each kind of fault does, for a person. */
const MEANINGS = {
	delay: 'answers late',
	drop: 'closes the connection without an answer',
	reset: 'breaks off halfway through the answer',
	truncated: 'sends the first half of the answer',
	empty: 'answers without content',
	html: 'answers with a web page',
	status: 'answers with another HTTP status',
	error: 'answers with an error of its own',
	failed: 'answers that it failed',
	unsuccessful: 'answers “success: false”',
	false: 'answers “false”',
	wrongSignature: 'signs the answer wrongly',
	otherId: 'answers another request',
	sessionLost: 'has forgotten the session',
	fatal: 'breaks down (HTTP 500, empty)',
	warning: 'prints a PHP warning before the answer',
	byteOrderMark: 'puts a byte order mark before the answer',
	invalidUtf8: 'sends bytes that are not UTF-8',
};

/**
 * A form to switch faults on, and those that are on.
 *
 * @param {HTMLElement} place
 * @param {string} system
 * @param {string[]} kinds
 * @returns {(faults: object[]) => void} shows the faults of the plan
 */
export function faultPanel(place, system, kinds) {
	// The fault "result" needs a result, for which the form has no field.
	const form = faultForm(kinds.filter((kind) => kind !== 'result'));
	const list = element('ul', { className: 'list', ariaLabel: 'Faults switched on' });
	const off = element('button', { type: 'button' }, 'Switch all faults off');
	off.addEventListener('click', () => control('DELETE', `/${system}/faults`));
	place.replaceChildren(form, list, element('div', { className: 'buttons' }, off));
	onSubmit(form, async ({ kind, seconds, status, times }) => {
		await control('POST', `/${system}/faults`, {
			kind,
			...(kind === 'delay' && { ms: Number(seconds) * 1000 }),
			...(kind === 'status' && { status: Number(status) }),
			times: times === 'always' ? 'always' : Number(times),
		});
		return [];
	});
	return (faults) => {
		off.disabled = faults.length === 0;
		showList(list, faults, { key: ({ id }) => String(id), item: faultItem, empty: 'None' });
	};
}

function faultForm(kinds) {
	const select = element(
		'select',
		{ name: 'kind' },
		...kinds.map((value) => element('option', { value }, MEANINGS[value] ?? value)),
	);
	const seconds = number('Seconds', { name: 'seconds', value: '5', min: 0, max: 600, step: 'any' });
	const status = number('HTTP status', { name: 'status', value: '503', min: 200, max: 599 });
	const times = element(
		'select',
		{ name: 'times' },
		element('option', { value: '1' }, 'the next request'),
		element('option', { value: '3' }, 'the next three requests'),
		element('option', { value: 'always' }, 'every request'),
	);
	const showFields = () => {
		seconds.hidden = select.value !== 'delay';
		status.hidden = select.value !== 'status';
	};
	select.addEventListener('change', showFields);
	showFields();
	return element(
		'form',
		{ className: 'fault-form', ariaLabel: 'Switch a fault on' },
		element('label', {}, 'What happens', select),
		seconds,
		status,
		element('label', {}, 'Strikes', times),
		element('button', { type: 'submit' }, 'Switch on'),
		element('output', { className: 'answer', ariaLive: 'polite' }),
	);
}

function number(label, properties) {
	return element(
		'label',
		{},
		label,
		element('input', { type: 'number', required: true, ...properties }),
	);
}

function faultItem({ kind, ms, status, times = 1, struck }) {
	const more = kind === 'delay' ? ` (${ms / 1000} s)` : kind === 'status' ? ` (${status})` : '';
	const left =
		times === 'always' ? 'every request' : struck < times ? `${times - struck} to come` : 'over';
	const text = element('span', {}, `${MEANINGS[kind] ?? kind}${more}`);
	const counts = quiet(`${left} · struck ${struck}`);
	return element('li', {}, element('div', { className: 'row' }, text, counts));
}
