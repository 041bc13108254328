import { createHash } from 'node:crypto';
import type * as ExapiProtocol from '../../../nodes/Exapi/protocol';

const KEY = { sender: 'sandbox-partner', secret: 'sandbox-secret' };
const TIME_ZONE = 'Europe/Moscow';
const ID = 'bench';

/**
 * A signed answer of `getOrderStatusR` with so many orders, a call in the log of each: a hundred
 * thousand of them are as much as the node reads at once.
 */
export function writeStatusAnswer(protocol: typeof ExapiProtocol, orders: number): Buffer {
	const start = Date.UTC(2026, 0, 1);
	const rows = Array.from({ length: orders }, (_, index) => ({
		nmb: `S-${index}`,
		status: 'confirmed',
		call_cnt: '1',
		add_rev: index,
		upd_rev: index,
		call_log: [{ date: wireDate(start + index * 60_000), state: 1 }],
	}));
	const result = { rev: orders, orders: rows };
	return Buffer.from(protocol.writeAnswer({ result, error: null, id: ID }, KEY));
}

function wireDate(moment: number): string {
	return new Date(moment).toISOString().slice(0, 19).replace('T', ' ');
}

/** Reads as the Exapi node does, from the bytes of the body to the fields of its items. */
export function readStatusAnswer(protocol: typeof ExapiProtocol, body: Buffer): number {
	const { result } = protocol.openAnswer(new TextDecoder().decode(body), KEY, ID);
	const { orders } = protocol.readStatusAnswer(result);
	const states = orders.map(({ order }) => protocol.toOrderState(order, TIME_ZONE));
	return states.length;
}

/** The least that a reader must do: parse the envelope, md5 what was signed, parse that. */
export function parseStatusAnswer(body: Buffer): number {
	const { sign, answer } = JSON.parse(body.toString()) as { sign: string; answer: string };
	const expected = createHash('md5')
		.update(answer + KEY.sender + KEY.secret)
		.digest('hex');
	if (expected !== sign) throw new Error('The signature of the answer is wrong');
	return (JSON.parse(answer) as { result: { orders: unknown[] } }).result.orders.length;
}
