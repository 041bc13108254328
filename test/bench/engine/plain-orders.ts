import { createHash, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';

export interface PlainOrders {
	url: string;
	sender: string;
	secret: string;
	concurrency: number;
	orders: IDataObject[];
}

interface SignedAnswer {
	sign: string;
	answer: string;
}

/**
 * What a script would do that does nothing else: signs, sends over kept connections by axios,
 * verifies, reads.
 *
 * @returns how many orders the CRM took
 */
export async function sendPlainly(work: PlainOrders): Promise<number> {
	const { url, sender, secret, concurrency, orders } = work;
	const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
	const sign = (text: string) =>
		createHash('md5')
			.update(text + sender + secret)
			.digest('hex');
	let next = 0;
	let taken = 0;
	const sendOne = async ({ orderId, goodName, phone, quantity }: IDataObject) => {
		const order = { order_id: orderId, good_id: goodName, phone, kolvo: quantity };
		const request = JSON.stringify({ method: 'addOrder', params: [order], id: randomUUID() });
		const message = { sender, sign: sign(request), request };
		const { data } = await axios.post<SignedAnswer>(url, message, { httpAgent: agent });
		if (sign(data.answer) !== data.sign) throw new Error('The signature of the answer is wrong');
		const { result } = JSON.parse(data.answer) as { result: unknown };
		if (typeof result === 'number') taken += 1;
	};
	const lane = async () => {
		while (next < orders.length) await sendOne(orders[next++]!);
	};
	await Promise.all(Array.from({ length: concurrency }, lane));
	agent.destroy();
	return taken;
}
