import { control, onSubmit, remember } from './control.js';
import { details, element, quiet, showList, timeOfDay } from './dom.js';
import { faultPanel } from './faults.js';

const OUTCOMES = {
	updated: 'points stored',
	uidIncorrect: 'UID incorrect',
	phoneHashIncorrect: 'phone hash incorrect',
	notUnderstood: 'not understood',
};

/**
 * The portal.
 *
 * @param {HTMLElement} section
 * @param {string[]} faultKinds
 * @returns {() => Promise<void>} brings what is shown up to date
 */
export function elektrikSection(section, faultKinds) {
	const find = (selector) => section.querySelector(selector);
	const showFaults = faultPanel(find('.faults'), 'elektrik', faultKinds);
	prepareAsking(find('form.send'));
	onSubmit(find('form.add'), async ({ phone }) => {
		await control('POST', '/elektrik/electricians', { phone });
		return [`${phone} was added.`];
	});
	return async () => {
		const [{ electricians, faults }, requests] = await Promise.all([
			control('GET', '/elektrik'),
			control('GET', '/elektrik/requests?last=50'),
		]);
		showFaults(faults);
		showList(find('.electricians'), electricians, {
			key: ({ phone }) => phone,
			item: electricianItem,
			empty: 'None. Add one below.',
		});
		showList(find('.requests'), requests.reverse(), {
			key: ({ number, time }) => `${number} ${time}`,
			item: updateItem,
			empty: 'None yet. Report points with an Elektrik.ru node.',
		});
	};
}

function electricianItem({ phone, name, points, phoneHash, timesUpdated }) {
	return element(
		'li',
		{},
		element(
			'div',
			{ className: 'row' },
			element('strong', {}, phone),
			element('strong', {}, `${points} points`),
		),
		element('div', {}, name),
		quiet(`hash ${phoneHash} · reported ${timesUpdated} times`),
	);
}

function updateItem({ time, outcome, phone, phoneHash, points, fault, carriedOut }) {
	const title = outcome === 'updated' ? `${phone}: ${points} points` : OUTCOMES[outcome];
	const className = outcome === 'updated' && carriedOut ? 'good' : 'bad';
	const said = [
		timeOfDay(time),
		outcome === 'updated' && !carriedOut && 'not stored',
		fault && `fault: ${fault}`,
	];
	return element(
		'li',
		{},
		element(
			'div',
			{ className: 'row' },
			element('strong', { className }, title),
			quiet(said.filter(Boolean).join(' · ')),
		),
		...(phone === null && phoneHash !== null ? [quiet(`hash ${String(phoneHash)}`)] : []),
	);
}

function prepareAsking(form) {
	remember(form.elements.url, 'elektrik.url');
	remember(form.elements.phone, 'elektrik.phone');
	onSubmit(form, async ({ url, phone }, protocol) => {
		return describeCheck(await control('POST', '/elektrik/check', { url, phone, protocol }));
	});
}

function describeCheck({ status, exist, points, error, sent, body }) {
	const [className, text] =
		error !== null
			? ['bad', `${status === 'closed' ? '' : `HTTP ${status}: `}${error}`]
			: exist
				? ['good', `The electrician exists and has ${points} points.`]
				: ['good', 'The electrician does not exist.'];
	return [
		element('div', { className }, text),
		details('What went over the wire', `${sent}\n\n${body}`),
	];
}
