import { gzipSync } from 'node:zlib';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { Partner } from './partner';
import { set, triggerWorkflow } from './trigger-workflows';

const KEY = { sender: 'partner_7', secret: 'invented 41c2' };
/** N8N_PAYLOAD_SIZE_MAX, as n8n has it by itself. */
const LIMIT = 16 * 1024 * 1024;

let host: SharedHost;
beforeAll(async () => {
	host = await useHost();
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
}, CLEAN_UP_TIMEOUT);

it.each(['401', 'drop'])(
	'n8n lives on after packed bodies that are too large and broken, refused by %s',
	async (rejectWith) => {
		const id = await host.rest.createCredential({
			name: 'Partners',
			type: 'exapiPartnersApi',
			data: { partners: JSON.stringify({ [KEY.sender]: KEY.secret }) },
		});
		const path = `live-${rejectWith}`;
		const workflow = triggerWorkflow(path, id, { options: { binaryData: true, rejectWith } }, [
			set({ crmId: 5001 }),
		]);
		const stored = await host.rest.createWorkflow(workflow);
		await host.rest.activate(stored.id);
		const partner = new Partner(`${host.n8n.url}/webhook/${path}`, KEY);
		for (const more of [20_000, 32_768, 40_000, 65_536]) {
			const packed = gzipSync(Buffer.alloc(LIMIT + more), { level: 9 });
			const broken = Buffer.concat([packed.subarray(0, -8), Buffer.alloc(64, 0xff)]);
			await partner.send(broken, { 'content-encoding': 'gzip' });
		}
		expect(host.n8n.isRunning).toBe(true);
		expect((await partner.call('addOrder', [{ order_id: 'A-1' }])).result).toBe(5001);
	},
	120_000,
);
