/** @needs php */

import { hashPhone, readUpdateAnswer, writeUpdateRequest } from '../../nodes/Elektrik/protocol';
import { createSandbox, type Sandbox } from '../../sandbox/server';
import { startPhpPortal, type PhpPortal } from './elektrik-portal';

const UID = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const PHONE = '70000000001';

/** What both portals are to say to an update. */
const CASES: Array<[phone: string, uid: string, answer: object]> = [
	['+7 (000) 000-00-01', UID, { accepted: true }],
	['+7 (000) 000-00-01', 'f'.repeat(32), { accepted: false, error: 'UID incorrect' }],
	['8 000 000 00 02', UID, { accepted: false, error: 'Phone hash incorrect' }],
];

async function update(url: string, phoneHash: string, points: number, uid = UID): Promise<string> {
	const headers = { 'Content-Type': 'application/json' };
	const body = writeUpdateRequest(phoneHash, points, uid);
	const response = await fetch(url, { method: 'POST', headers, body });
	return await response.text();
}

describe('a portal in PHP', () => {
	let portal: PhpPortal;

	beforeEach(async () => {
		portal = await startPhpPortal(UID, [PHONE]);
	});

	afterEach(() => portal.stop());

	it.each(CASES)('takes points of %s with uid %s: %j', async (phone, uid, answer) => {
		const text = await update(portal.url, hashPhone(phone, UID), 99, uid);

		expect(readUpdateAnswer(text)).toEqual(answer);
	});

	it('reads points as numbers, and keeps them in the order in which they came', async () => {
		for (const points of [1, 0, 12.5]) await update(portal.url, hashPhone(PHONE, UID), points);

		await expect(portal.state()).resolves.toEqual({
			points: { [PHONE]: 12.5 },
			received: [1, 0, 12.5].map((points) => ({ phone: PHONE, points })),
		});
		expect(portal.log()).not.toMatch(/Warning|Fatal|Deprecated/);
	});
});

describe('the sandbox portal', () => {
	let sandbox: Sandbox;

	beforeEach(() => {
		sandbox = createSandbox({ elektrik: { uid: UID, electricians: [{ phone: PHONE }] } });
	});

	afterEach(() => sandbox.stop());

	it.each(CASES)('says the same about %s with uid %s: %j', async (phone, uid, answer) => {
		const { elektrik } = await sandbox.start();
		const text = await update(elektrik.url, hashPhone(phone, UID), 99, uid);

		expect(readUpdateAnswer(text)).toEqual(answer);
	});
});
