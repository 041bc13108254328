import { control, onSubmit, remember } from './control.js';
import { details, element, quiet, showList, timeOfDay } from './dom.js';
import { faultPanel } from './faults.js';

const STATUSES = ['pending', 'confirmed', 'rejected', 'paid', 'delivered', 'return', 'duplicated'];

const SAMPLES = {
	addOrder: (number) => [
		{
			order_id: number,
			good_id: 'Чайник',
			kolvo: 1,
			fio: 'Образцов Пример Примерович',
			phone: '+70000000004',
		},
	],
	getOrders: () => ['2026-01-01 00:00:00'],
	getOrderStatus: (number) => [[number]],
	getOrderStatusR: () => [0],
};

/**
 * The CRM and the partner of exapi.
 *
 * @param {HTMLElement} section
 * @param {string[]} faultKinds
 * @returns {() => Promise<void>} brings what is shown up to date
 */
export function exapiSection(section, faultKinds) {
	const find = (selector) => section.querySelector(selector);
	const showFaults = faultPanel(find('.faults'), 'exapi', faultKinds);
	prepareSending(find('form.send'));
	return async () => {
		const [{ faults, failures }, orders, requests] = await Promise.all([
			control('GET', '/exapi'),
			control('GET', '/exapi/orders?last=50'),
			control('GET', '/exapi/requests?last=50'),
		]);
		showFaults(faults);
		showBans(find('.notices'), failures);
		showList(find('.orders'), orders.reverse(), {
			key: ({ sender, orderId }) => JSON.stringify([sender, orderId]),
			item: orderItem,
			empty: 'None yet. Send one with the operation Create of an Exapi node.',
		});
		showList(find('.requests'), requests.reverse(), {
			key: ({ number, time }) => `${number} ${time}`,
			item: requestItem,
			empty: 'None yet',
		});
	};
}

function orderItem({ orderId, crmId, sender, status, fields, updateRevision, timesReceived }) {
	const choices = STATUSES.includes(status) ? STATUSES : [...STATUSES, status];
	const select = element(
		'select',
		{ ariaLabel: `Status of order ${orderId}` },
		...choices.map((value) => element('option', { selected: value === status }, value)),
	);
	select.addEventListener('change', () =>
		control('PATCH', `/exapi/orders/${encodeURIComponent(orderId)}`, {
			status: select.value,
			sender,
		}),
	);
	const what = [fields.good_id, fields.kolvo && `× ${fields.kolvo}`, fields.fio, fields.phone];
	const numbers = [`CRM number ${crmId}`, `revision ${updateRevision}`];
	if (timesReceived > 1) numbers.push(`sent ${timesReceived} times`);
	return element(
		'li',
		{},
		element('div', { className: 'row' }, element('strong', {}, orderId), select),
		element('div', {}, what.filter(Boolean).join(' ')),
		quiet(numbers.join(' · ')),
	);
}

function requestItem({ time, method, admitted, refusal, fault, sender, params }) {
	const title = element('strong', { className: admitted ? '' : 'bad' }, method ?? 'refused');
	const said = [timeOfDay(time), sender, refusal, fault && `fault: ${fault}`];
	return element(
		'li',
		{},
		element('div', { className: 'row' }, title, quiet(said.filter(Boolean).join(' · '))),
		...(params ? [details('Parameters', JSON.stringify(params, null, 2))] : []),
	);
}

function showBans(place, failures) {
	const shown = JSON.stringify(failures);
	if (place.dataset.shows === shown) return;
	place.dataset.shows = shown;
	const lines = failures.map(({ address, sender, failures: count, banned }) =>
		element(
			'div',
			{ className: banned ? 'bad' : '' },
			`${sender || 'An unknown sender'} at ${address}: ${count} refused${banned ? ', banned' : ''}`,
		),
	);
	if (lines.length === 0) {
		place.replaceChildren();
		return;
	}
	const lift = element('button', { type: 'button' }, 'Forget refusals and bans');
	lift.addEventListener('click', () => control('DELETE', '/exapi/bans'));
	place.replaceChildren(...lines, element('div', { className: 'buttons' }, lift));
}

function prepareSending(form) {
	const { url, method, params } = form.elements;
	remember(url, 'exapi.url');
	// A number that no earlier visit has used, and that is short enough to be read out.
	let number = Math.floor(Date.now() / 1000) % 1_000_000;
	let sample = '';
	const offerSample = () => {
		sample = JSON.stringify(SAMPLES[method.value](`P-${number}`), null, 2);
		params.value = sample;
	};
	method.addEventListener('change', offerSample);
	offerSample();
	onSubmit(form, async (fields, kind) => {
		const exchange = await control('POST', '/exapi/send', {
			url: fields.url,
			kind,
			...(kind !== 'repeated' && { method: fields.method, params: readParams(fields.params) }),
		});
		if (kind === 'right' && fields.method === 'addOrder' && params.value === sample) {
			number += 1;
			offerSample();
		}
		return describeExchange(exchange);
	});
}

function readParams(text) {
	let params;
	try {
		params = JSON.parse(text);
	} catch (error) {
		throw new Error(`The parameters are not JSON: ${error.message}`, { cause: error });
	}
	if (!Array.isArray(params)) throw new Error('The parameters must be a JSON array: [ … ]');
	return params;
}

function describeExchange({ status, answer, body, sent }) {
	const [className, text] =
		status === 'closed'
			? ['bad', 'Not admitted: the connection was closed without an answer.']
			: !answer.verified
				? ['bad', `HTTP ${status}, no signed answer: ${answer.reason}`]
				: answer.error !== null
					? ['bad', `Signed error: ${answer.error}`]
					: ['good', `Signed answer: ${JSON.stringify(answer.result)}`];
	return [
		element('div', { className }, text),
		details('What went over the wire', `${sent}\n\n${body}`),
	];
}
