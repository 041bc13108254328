/** @needs chromium */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import { FAULT_KINDS as CLIENT_RIGHT_FAULTS } from '../../sandbox/clientright/faults';
import { FAULT_KINDS as ELEKTRIK_FAULTS, SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { FAULT_KINDS as EXAPI_FAULTS, SANDBOX_PARTNER } from '../../sandbox/exapi';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../sandbox/server';
import { VtigerClient } from '../unit/sandbox/clientright-client';
import { Partner, post } from '../unit/sandbox/partner';
import { complaintsOf, DESK, openBrowser, PHONE } from './browser';

jest.setTimeout(60_000);

const ELECTRICIAN = '70000000001';

/** Run in the page: the HTML of controls that a screen reader has no name for. */
const CONTROLS_WITHOUT_NAME = `
	[...document.querySelectorAll('input, select, textarea, button, [role=group], ul, form')]
		.filter((control) => !control.labels?.length)
		.filter((control) => !control.ariaLabel && !control.hasAttribute('aria-labelledby'))
		.filter((control) => control.tagName !== 'BUTTON' || control.textContent.trim() === '')
		.map((control) => control.outerHTML)
`;

let browser: Browser;
let sandbox: Sandbox;
let address: SandboxAddress;
let page: Page;
let complaints: string[];

beforeAll(async () => {
	browser = await openBrowser();
});

afterAll(() => browser.close());

beforeEach(async () => {
	sandbox = createSandbox({ elektrik: { electricians: [{ phone: ELECTRICIAN, points: 120 }] } });
	address = await sandbox.start();
	page = await browser.newPage({ viewport: DESK });
	complaints = complaintsOf(page);
	await page.goto(address.url);
	await page.getByText('Live').waitFor();
});

afterEach(async () => {
	await page.close();
	await sandbox.stop();
	expect(complaints).toEqual([]);
});

const system = (name: string): Locator => page.locator(`section#${name}`);
const listOf = (name: string, title: string): Locator =>
	system(name).getByRole('list', { name: title });

describe('what the partners received', () => {
	it('is shown as it arrives: an order', async () => {
		const partner = new Partner(address.exapi.url, SANDBOX_PARTNER);
		await partner.addOrder('N/1 «Заря»');

		const order = listOf('exapi', 'Orders in the CRM').getByRole('listitem');
		await order.getByText('N/1 «Заря»', { exact: true }).waitFor();
		expect(await order.textContent()).toContain('Lamp × 2');
		expect(await listOf('exapi', 'Requests received').textContent()).toContain('addOrder');
	});

	it('is shown as it arrives: points', async () => {
		const phone = sandbox.elektrik.portal.phoneHash(ELECTRICIAN);
		const message = { action: 'user.update.points', phone, points: 77, ...SANDBOX_DISTRIBUTOR };
		await post(address.elektrik.url, JSON.stringify(message));

		await listOf('elektrik', 'Electricians and their points').getByText('77 points').waitFor();
		await listOf('elektrik', 'Requests received').getByText(`${ELECTRICIAN}: 77 points`).waitFor();
	});

	it('is shown as it arrives: a client', async () => {
		sandbox.clientright.crm.seed('contact', { lastname: 'Образцова', mobile: '70000000005' });

		const records = listOf('clientright', 'Records in the CRM');
		await records.getByText('Образцова 70000000005').waitFor();
	});

	it('is shown as it arrives: a document with its file, beside the web forms', async () => {
		const { crm } = sandbox.clientright;
		const { id } = crm.seed('contact', { lastname: 'Образцова' });
		const [file] = crm.addFiles(id, { title: 'договор', content: 'bytes' });

		const records = listOf('clientright', 'Records in the CRM');
		const link = records.getByRole('link', { name: file!.path });
		await records.getByText('договор', { exact: true }).waitFor();
		const response = await page.request.get((await link.getAttribute('href')) ?? '');
		expect(await response.text()).toBe('bytes');
		const forms = listOf('clientright', 'Web forms').getByRole('listitem');
		expect(await forms.first().textContent()).toContain('3f1c6a2b9d8e4f70a1b2c3d4e5f60718');
	});

	it('is text, whatever it looks like', async () => {
		const mark = '<img src=x onerror="document.title=1">';
		sandbox.exapi.crm.seed({ orderId: mark, fields: { good_id: mark } });
		await listOf('exapi', 'Orders in the CRM').getByText(mark).first().waitFor();

		expect(await page.title()).toBe('Partner sandbox');
	});

	it('says so when the sandbox is gone, and goes on when it is back', async () => {
		const { port } = address;
		await sandbox.stop();
		await page.getByText('The sandbox does not answer').waitFor();
		// Chromium tells of every connection that is refused.
		complaints.length = 0;

		sandbox = createSandbox({ port });
		await sandbox.start();
		await page.getByText('Live').waitFor();
		complaints.length = 0;
	});
});

describe('the CRM of exapi', () => {
	it("gives an order another status, and keeps the user's place in the list", async () => {
		sandbox.exapi.crm.seed({ orderId: 'A-1' }, { orderId: 'A-2' });
		const select = system('exapi').getByLabel('Status of order A-1');
		await select.focus();
		await select.selectOption('confirmed');

		await listOf('exapi', 'Orders in the CRM').getByText('revision 3').waitFor();
		expect(sandbox.exapi.crm.order('A-1')?.status).toBe('confirmed');
		expect(sandbox.exapi.crm.order('A-2')?.status).toBe('pending');
		expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Status of order A-1');
	});

	it('tells of refusals, and forgets them when asked to', async () => {
		const stranger = new Partner(address.exapi.url, { ...SANDBOX_PARTNER, secret: 'wrong' });
		for (let time = 1; time <= 5; time++) await stranger.addOrder('x').catch(() => undefined);
		await system('exapi').getByText('sandbox-partner at 127.0.0.1: 5 refused, banned').waitFor();

		await system('exapi').getByRole('button', { name: 'Forget refusals and bans' }).click();
		await system('exapi').getByText('banned').waitFor({ state: 'detached' });
		expect(sandbox.exapi.crm.failures()).toEqual([]);
	});
});

describe('a request to the workflow', () => {
	// The sandbox's own CRM stands for a workflow: it answers as one behind an Exapi Trigger does.
	const send = async (button: string) => {
		await system('exapi').getByLabel('Address of the Exapi Trigger').fill(address.exapi.url);
		await system('exapi').getByRole('button', { name: button }).click();
	};
	const answer = () => system('exapi').locator('form.send output');

	it('goes out signed, with another order number each time', async () => {
		await send('Send signed');
		await answer().getByText('Signed answer: 1001').waitFor();
		await send('Send signed');
		await answer().getByText('Signed answer: 1002').waitFor();

		expect(sandbox.exapi.crm.orders()).toMatchObject([
			{ orderId: expect.stringMatching(/^P-\d+$/), fields: { good_id: 'Чайник' } },
			{ timesReceived: 1 },
		]);
		await answer().getByText('What went over the wire').click();
		expect(await answer().locator('pre').textContent()).toContain('"sender":"sandbox-partner"');
	});

	it('goes out wrongly signed, and is refused', async () => {
		await send('Send with a wrong signature');
		await answer().getByText('Not admitted').waitFor();

		expect(sandbox.exapi.crm.statistics()).toMatchObject({ admitted: 0, refused: 1 });
	});

	it('goes out again word for word', async () => {
		await send('Repeat the last one');
		await answer().getByText('Nothing was sent to this address yet').waitFor();
		// A refusal of the sandbox is an error to Chromium too.
		complaints.length = 0;
		await send('Send signed');
		await answer().getByText('Signed answer: 1001').waitFor();
		await send('Repeat the last one');
		await answer().getByText('Signed answer: false').waitFor();
	});

	it('is explained when it cannot be sent', async () => {
		await system('exapi').getByLabel('Parameters').fill('[');
		await send('Send signed');
		await answer().getByText('The parameters are not JSON').waitFor();

		await system('exapi').getByLabel('Address of the Exapi Trigger').fill('https://example.com');
		await system('exapi').getByLabel('Method').selectOption('getOrders');
		await system('exapi').getByRole('button', { name: 'Send signed' }).click();
		await answer().getByText('sends to this machine only').waitFor();
		complaints.length = 0;
	});

	it('remembers its address', async () => {
		await send('Send signed');
		await page.reload();

		const field = system('exapi').getByLabel('Address of the Exapi Trigger');
		expect(await field.inputValue()).toBe(address.exapi.url);
	});
});

describe('a check of the portal', () => {
	it('asks by JSON and by SOAP, and tells what the answer means', async () => {
		const received: string[] = [];
		const distributor = createServer((req, res) => {
			let body = '';
			req.setEncoding('utf8').on('data', (text: string) => (body += text));
			req.on('end', () => {
				received.push(body);
				if (req.method === 'GET') res.end('<definitions targetNamespace="urn:x"/>');
				else res.end('{"exist":true,"points":12.5}');
			});
		}).listen(0, '127.0.0.1');
		await once(distributor, 'listening');
		const url = `http://127.0.0.1:${(distributor.address() as AddressInfo).port}/webhook/x`;
		await system('elektrik').getByLabel('Address of the Elektrik.ru Trigger').fill(url);
		const answer = system('elektrik').locator('form.send output');

		await system('elektrik').getByRole('button', { name: 'Ask by JSON' }).click();
		await answer.getByText('The electrician exists and has 12.5 points.').waitFor();
		await system('elektrik').getByRole('button', { name: 'Ask by SOAP' }).click();
		await answer.getByText('HTTP 200: ').waitFor();

		const phoneHash = sandbox.elektrik.portal.phoneHash(ELECTRICIAN);
		expect(received).toEqual([
			expect.stringContaining(`"phone":"${phoneHash}"`),
			'',
			expect.stringMatching(`CheckUser[^]*${phoneHash}`),
		]);
		distributor.close();
	});

	it('can be about anyone who was added', async () => {
		await system('elektrik').getByLabel('Phone of another electrician').fill('70000000009');
		await system('elektrik').getByRole('button', { name: 'Add' }).click();
		await listOf('elektrik', 'Electricians and their points').getByText('70000000009').waitFor();

		expect(sandbox.elektrik.portal.electrician('70000000009')).toBeDefined();
	});
});

describe('faults', () => {
	it.each([
		['exapi', EXAPI_FAULTS],
		['clientright', CLIENT_RIGHT_FAULTS.filter((kind) => kind !== 'result')],
		['elektrik', ELEKTRIK_FAULTS],
	])('of %s can all be switched on and off', async (name, kinds) => {
		const faults = system(name).getByRole('group', { name: /^Faults/ });
		const kind = faults.getByLabel('What happens');
		const options = await kind.locator('option').all();
		const offered = await Promise.all(options.map((option) => option.getAttribute('value')));
		expect(offered.sort()).toEqual([...kinds].sort());

		for (const value of kinds) {
			await kind.selectOption(value);
			await faults.getByRole('button', { name: 'Switch on' }).click();
			await expectFaults(name, (planned) => planned.at(-1)?.kind === value);
		}
		await kind.selectOption('delay');
		await faults.getByLabel('Seconds').fill('2.5');
		await faults.getByLabel('Strikes').selectOption('every request');
		await faults.getByRole('button', { name: 'Switch on' }).click();
		await faults.getByText('answers late (2.5 s)').waitFor();
		await expectFaults(name, (planned) =>
			planned.some(({ ms, times }) => ms === 2500 && times === 'always'),
		);

		await faults.getByRole('button', { name: 'Switch all faults off' }).click();
		await faults.getByText('None').waitFor();
		await expectFaults(name, (planned) => planned.length === 0);
	});

	it('strike what comes next', async () => {
		const faults = system('exapi').getByRole('group', { name: 'Faults of the CRM' });
		await faults.getByLabel('What happens').selectOption('false');
		await faults.getByRole('button', { name: 'Switch on' }).click();
		await faults.getByText('1 to come · struck 0').waitFor();

		expect(await new Partner(address.exapi.url, SANDBOX_PARTNER).addOrder('A-1')).toBe(false);
		await faults.getByText('over · struck 1').waitFor();
	});
});

interface PlannedFault {
	kind: string;
	ms?: number;
	times?: number | 'always';
}

async function expectFaults(
	name: string,
	isAsExpected: (faults: PlannedFault[]) => boolean,
): Promise<void> {
	for (let attempt = 0; attempt < 100; attempt++) {
		const faults = (await (
			await fetch(`${address.url}/control/${name}/faults`)
		).json()) as PlannedFault[];
		if (isAsExpected(faults)) return;
		await page.waitForTimeout(50);
	}
	throw new Error(`The faults of ${name} are not as expected`);
}

it.each(['exapi', 'clientright', 'elektrik'])('shows the control API of %s', async (name) => {
	const title = `Control API: JSON at ${address.url}/control/${name}`;
	await system(name).getByText(title).click();

	const routes = await listOf(name, title).getByRole('listitem').allTextContents();
	expect(routes).toContain('POST /faults Switches a fault on');
});

it('ends all sessions of the vtiger', async () => {
	const client = new VtigerClient(address.clientright.url);
	const session = await client.logIn();
	await system('clientright').getByRole('button', { name: 'End all sessions' }).click();
	await system('clientright').getByText('Ended').waitFor();

	await expect(client.contact(session, '70000000005')).resolves.toMatchObject({
		success: false,
		error: { code: 'INVALID_SESSIONID' },
	});
});

describe('on a telephone', () => {
	it('nothing is wider than the screen, and every control says what it is', async () => {
		sandbox.exapi.crm.seed({ orderId: 'A'.repeat(64), fields: { good_id: 'Ч'.repeat(80) } });
		sandbox.exapi.crm.injectFault({ kind: 'delay', ms: 1 });
		await page.setViewportSize(PHONE);
		await listOf('exapi', 'Orders in the CRM').getByText('AAAA').waitFor();
		await system('exapi').getByText('What to put into the credential in n8n').click();

		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
		const nameless = await page.evaluate(CONTROLS_WITHOUT_NAME);
		expect(nameless).toEqual([]);
	});
});
