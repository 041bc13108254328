/** @needs php */

import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { startPhpPortal, type PhpPortal } from '../peers/elektrik-portal';
import { createCredential, publishDistributor, type Distributor } from './elektrik-distributor';
import { askWorkflow, hashOf, pointsWorkflow, type ElektrikCredential } from './elektrik-workflows';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';

const PHONES = ['70000000001', '70000000002'] as const;

let host: SharedHost;
let credential: ElektrikCredential;
beforeAll(async () => {
	host = await useHost([], { elektrik: { electricians: PHONES.map((phone) => ({ phone })) } });
	const { url } = host.address.elektrik;
	credential = await createCredential(host, { url, ...SANDBOX_DISTRIBUTOR });
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
}, CLEAN_UP_TIMEOUT);

describe('points', () => {
	it('go to the sandbox portal, in order', async () => {
		const electricians = [
			{ phone: '+7 (000) 000-00-01', points: 1 },
			{ phone: '8 000 000-00-02', points: 5 },
			{ phone: '70000000001', points: 2.5 },
		];
		const { id } = await host.rest.createWorkflow(pointsWorkflow('send', credential, electricians));
		const { status } = await host.rest.runWorkflow(id);
		expect(status).toBe('success');
		expect(host.sandbox.elektrik.portal.electricians()).toMatchObject([
			{ phone: PHONES[0], points: 2.5, timesUpdated: 2 },
			{ phone: PHONES[1], points: 5, timesUpdated: 1 },
		]);
	}, 60_000);

	let portal: PhpPortal | undefined;
	afterAll(async () => await portal?.stop());
	it('go to a portal in PHP, or fail with its reason', async () => {
		portal = await startPhpPortal(SANDBOX_DISTRIBUTOR.uid, PHONES);
		const send = async (phone: string, uid: string = SANDBOX_DISTRIBUTOR.uid) => {
			const known = await createCredential(host, { url: portal!.url, uid });
			const workflow = pointsWorkflow('php', known, [{ phone, points: 99 }]);
			const { id } = await host.rest.createWorkflow(workflow);
			const { status, error } = await host.rest.runWorkflow(id);
			return { status, message: error?.message };
		};
		const refused = (reason: string) => ({
			status: 'error',
			message: `The portal did not accept the points: ${reason}`,
		});
		expect(await send('8-000-000-00-02')).toEqual({ status: 'success' });
		expect(await send('8-000-000-00-09')).toEqual(refused('Phone hash incorrect'));
		expect(await send(PHONES[0], 'f'.repeat(32))).toEqual(refused('UID incorrect'));
		await expect(portal.state()).resolves.toEqual({
			points: { [PHONES[1]]: 99 },
			received: [{ phone: PHONES[1], points: 99 }],
		});
	}, 60_000);
});

describe('a check of one’s own endpoint', () => {
	let distributor: Distributor;
	beforeAll(async () => {
		distributor = await publishDistributor(host, host.n8n.url, credential, 'tried');
	}, 60_000);

	it.each([
		['json', hashOf(99), { exist: true, points: 99 }],
		['json', 'b'.repeat(32), { exist: false }],
		['soap', hashOf(99), { exist: true, points: 99 }],
		['soap', 'b'.repeat(32), { exist: false }],
	] as const)(
		'asks as the portal does: by %s for %s',
		async (protocol, phoneHash, answer) => {
			const parameters = { endpoint: distributor.url, protocol, phoneHash };
			const { id } = await host.rest.createWorkflow(askWorkflow(credential, parameters));
			const { nodes } = await host.rest.runWorkflow(id);
			expect(nodes['Node 1']?.[0]?.outputs).toMatchObject([[{ json: answer }]]);
		},
		60_000,
	);
});
