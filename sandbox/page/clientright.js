import { control, onSubmit } from './control.js';
import { details, element, quiet, showList, timeOfDay } from './dom.js';
import { faultPanel } from './faults.js';

const KINDS = { contact: 'Contact', account: 'Account', project: 'Project' };

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
		return ['Ended: the next call of each is told so, and logs in again.'];
	});
	return async () => {
		const [{ faults }, records, requests] = await Promise.all([
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
		showList(find('.requests'), requests.reverse(), {
			key: ({ number, time }) => `${number} ${time}`,
			item: callItem,
			empty: 'None yet',
		});
	};
}

function recordItem({ id, kind, fields, revisions }) {
	const filled = Object.entries(fields).filter(([, value]) => value !== '');
	const text = filled.map(([name, value]) => `${name}: ${value}`).join('\n');
	return element(
		'li',
		{},
		element(
			'div',
			{ className: 'row' },
			element('strong', {}, `${KINDS[kind]} ${id}`),
			quiet(sent(revisions)),
		),
		element('div', {}, titleOf(kind, fields)),
		details('Fields', text),
	);
}

function sent({ length }) {
	if (length === 0) return 'put in by hand';
	return length === 1 ? 'sent once' : `sent ${length} times`;
}

function titleOf(kind, fields) {
	switch (kind) {
		case 'contact':
			return [fields.lastname, fields.firstname, fields.mobile].filter(Boolean).join(' ');
		case 'account':
			return [fields.accountname, fields.inn && `INN ${fields.inn}`].filter(Boolean).join(', ');
		default:
			return [`client ${fields.contactid}`, `offender ${fields.offenderid}`, fields.subject]
				.filter(Boolean)
				.join(', ');
	}
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
