import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';
import { Partner, post } from './partner';

let sandbox: Sandbox;
let address: SandboxAddress;

beforeEach(async () => {
	sandbox = createSandbox();
	address = await sandbox.start();
});

afterEach(() => sandbox.stop());

async function listAt(path: string): Promise<unknown> {
	return await (await fetch(`${address.url}/control${path}`)).json();
}

it('gives the latest orders and requests, oldest first', async () => {
	const partner = new Partner(address.exapi.url, SANDBOX_PARTNER);
	for (const orderId of ['a-1', 'a-2', 'a-3']) await partner.addOrder(orderId);

	await expect(listAt('/exapi/orders?last=2')).resolves.toMatchObject([
		{ orderId: 'a-2' },
		{ orderId: 'a-3' },
	]);
	await expect(listAt('/exapi/requests?last=1')).resolves.toMatchObject([{ number: 3 }]);
	await expect(listAt('/exapi/orders?last=9')).resolves.toHaveLength(3);
	await expect(listAt('/exapi/orders')).resolves.toHaveLength(3);
});

it('gives the latest records and calls', async () => {
	for (const inn of ['1', '2', '3']) sandbox.clientright.crm.seed('account', { inn });
	for (const operation of ['a', 'b'])
		await fetch(`${address.clientright.url}?operation=${operation}`);

	await expect(listAt('/clientright/records?last=1')).resolves.toMatchObject([
		{ fields: { inn: '3' } },
	]);
	await expect(listAt('/clientright/requests?last=1')).resolves.toMatchObject([{ number: 2 }]);
});

it('gives the latest reports of points', async () => {
	for (const body of ['{}', '[]']) await post(address.elektrik.url, body);

	await expect(listAt('/elektrik/requests?last=1')).resolves.toMatchObject([{ number: 2 }]);
});

it.each(['0', '-1', '1.5', 'x'])('refuses %s of them', async (last) => {
	for (const path of ['/exapi/orders', '/exapi/requests', '/clientright/records']) {
		await expect(listAt(`${path}?last=${last}`)).resolves.toEqual({
			error: '"last" must be a whole number above 0',
		});
	}
});

it('describes all systems, for the page', async () => {
	await expect(listAt('')).resolves.toEqual(
		sandbox.describe().map((description, index) => ({
			name: ['exapi', 'clientright', 'elektrik'][index],
			...description,
		})),
	);
});
