/** @needs php-curl */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Partner } from './partner';
import { ORDER } from './trigger-cases';

/** Calls by the PHP client, which checks the signature with PHP's own md5. */
export async function callByPhp(
	{ url, key }: Partner,
	method: string,
	params: unknown[],
	id = '17',
): Promise<unknown> {
	const script = join(__dirname, '..', 'peers', 'exapi-client.php');
	const { stdout } = await promisify(execFile)(
		'php',
		[script, method, JSON.stringify(params), id],
		{
			env: {
				...process.env,
				EXAPI_URL: url,
				EXAPI_SENDER: key.sender,
				EXAPI_SECRET: key.secret,
			},
		},
	);
	return JSON.parse(stdout);
}

/** Calls all four methods of that workflow by PHP and looks at what comes. */
export async function expectFourAnswers(partner: Partner): Promise<void> {
	expect(await callByPhp(partner, 'addOrder', [ORDER])).toEqual({
		result: 1002,
		error: null,
		id: '17',
	});
	expect(await callByPhp(partner, 'getOrders', ['2026-01-01 00:00:00'])).toMatchObject({
		result: [
			{
				number: 'к/1',
				date: '2026-03-01 10:00:00',
				fio: 'Тестов',
				goodItems: [{ goodName: 'Чайник', price: 10 }],
			},
		],
		error: null,
	});
	expect(await callByPhp(partner, 'getOrderStatus', [['к/2', 'A-1']])).toEqual({
		result: [
			['к/2', 'paid', 0, 'да / нет', '', 0, 9, []],
			['A-1', 'paid', 0, 'да / нет', '', 0, 9, []],
		],
		error: null,
		id: '17',
	});
	expect(await callByPhp(partner, 'getOrderStatus', [['A-1'], 1])).toMatchObject({
		result: { rev: 9, orders: [{ nmb: 'A-1', status: 'paid', upd_rev: 9 }] },
	});
	expect(await callByPhp(partner, 'getOrderStatusR', [41])).toMatchObject({
		result: { rev: 42, orders: [{ nmb: 'A-1', status: 'return', upd_rev: 42 }] },
	});
}
