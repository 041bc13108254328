import { control, onSubmit } from './control.js';
import { details, element, quiet, showList, timeOfDay } from './dom.js';
import { faultPanel } from './faults.js';

/**
 * The vtiger.
 *
 * @param {HTMLElement} section
 * @param {string[]} faultKinds
 * @returns {() => Promise<void>} brings what is shown up to date
 */
export function clientRightSection(section, faultKinds) {
	const find = (selector) => section.querySelector(selector);
	const showFaults = faultPanel(find('.faults'), 'clientright', faultKinds);
	onSubmit(find('form.end-sessions'), async () => {
		await control('POST', '/clientright/sessions/expire', {});
		return ['Ended: the next call of each gets an error and logs in again.'];
	});
	return async () => {
		const [{ faults, webForms }, records, requests] = await Promise.all([
			control('GET', '/clientright'),
			control('GET', '/clientright/records?last=50'),
			control('GET', '/clientright/requests?last=50'),
		]);
		showFaults(faults);
		showList(find('.records'), records.reverse(), {
			key: ({ id }) => id,
			item: recordItem,
			empty: 'None yet. Make one with a ClientRight node.',
		});
		showList(find('.web-forms'), webForms, {
			key: ({ publicId }) => publicId,
			item: webFormItem,
			empty: 'None',
		});
		showList(find('.requests'), requests.reverse(), {
			key: ({ number, time }) => `${number} ${time}`,
			item: callItem,
			empty: 'None yet',
		});
	};
}

function recordItem({ id, kind, singular, title, fields, revisions, path }) {
	const filled = Object.entries(fields).filter(([, value]) => value !== '');
	const text = filled.map(([name, value]) => `${name}: ${value}`).join('\n');
	return element(
		'li',
		{},
		element(
			'div',
			{ className: 'row' },
			element('strong', {}, `${singular} ${id}`),
			quiet(sent(revisions, fields.source)),
		),
		element('div', {}, titleOf(kind, fields) ?? title),
		...(path ? [fileLink(path)] : []),
		details('Fields', text),
	);
}

function sent({ length }, source) {
	if (length === 0) return source === 'WEBFORM' ? 'sent with a web form' : 'put in by hand';
	return length === 1 ? 'sent once' : `sent ${length} times`;
}

function titleOf(kind, fields) {
	switch (kind) {
		case 'contact':
			return [fields.lastname, fields.firstname, fields.mobile].filter(Boolean).join(' ');
		case 'account':
			return [fields.accountname, fields.inn && `INN ${fields.inn}`].filter(Boolean).join(', ');
		case 'project':
			return [`client ${fields.contactid}`, `offender ${fields.offenderid}`, fields.subject]
				.filter(Boolean)
				.join(', ');
	}
}

/** Relative to the CRM's folder, or a whole address. */
function fileLink(path) {
	const href = new URL(path, new URL('/clientright/', location.href)).href;
	return element('a', { href }, path);
}

function webFormItem({ name, publicId, fields, files, returnUrl }) {
	const answer = returnUrl ? `sends the browser to ${returnUrl}` : 'answers with JSON';
	const text = [...fields, ...Object.entries(files).map(([part, title]) => `${part}: ${title}`)];
	return element(
		'li',
		{},
		element('div', { className: 'row' }, element('strong', {}, name), quiet(answer)),
		element('code', {}, publicId),
		details('Fields and files', text.join('\n')),
	);
}

function callItem({ time, operation, parameters, status, errorCode, fault, session }) {
	const title = element('strong', { className: errorCode ? 'bad' : '' }, operation ?? 'unknown');
	const said = [
		timeOfDay(time),
		session && `session ${session}`,
		status === null ? 'no answer' : status !== 200 && `HTTP ${status}`,
		errorCode,
		fault && `fault: ${fault}`,
	];
	const text = JSON.stringify(parameters, null, 2);
	return element(
		'li',
		{},
		element('div', { className: 'row' }, title, quiet(said.filter(Boolean).join(' · '))),
		...(text === '{}' ? [] : [details('Parameters', text)]),
	);
}
