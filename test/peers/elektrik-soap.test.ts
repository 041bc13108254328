/** @needs php-soap zeep */

import { createSandbox } from '../../sandbox/server';
import { phpSoapClient, schemaProblems, zeepClient, type SoapClient } from './soap-clients';
import { startSoapDistributor, type SoapDistributor } from './soap-distributor';

const KNOWN = 'a'.repeat(32);
const HALF = 'b'.repeat(32);
const UNKNOWN = 'c'.repeat(32);

let distributor: SoapDistributor;

beforeEach(async () => {
	distributor = await startSoapDistributor((phoneHash) => {
		if (phoneHash === KNOWN) return { exist: true, points: 99 };
		return phoneHash === HALF ? { exist: true, points: 0.5 } : { exist: false };
	});
});

afterEach(() => distributor.stop());

describe.each<SoapClient>([phpSoapClient, zeepClient])('$name', (client) => {
	it('calls CheckUser from the WSDL alone', async () => {
		const wsdl = `${distributor.url}?wsdl`;
		await expect(
			client.checkUser(wsdl, [KNOWN, HALF, UNKNOWN, KNOWN.toUpperCase()]),
		).resolves.toEqual([
			{ exist: true, points: 99 },
			{ exist: true, points: 0.5 },
			{ exist: false, points: 0 },
			{ exist: true, points: 99 },
		]);
		expect(distributor.received[0]).toContain('http://www.w3.org/2003/05/soap-envelope');
	}, 30_000);

	it('calls it with arParameters, as the document writes', async () => {
		const form = { arParameters: true };
		await expect(client.checkUser(`${distributor.url}?wsdl`, [KNOWN], form)).resolves.toEqual([
			{ exist: true, points: 99 },
		]);
		expect(distributor.received[0]).toMatch(/arParameters>.*phone>/s);
	}, 30_000);

	it('uses 1.1 if it is set to', async () => {
		const form = { version: '1.1', port: 'DistributorSoap11' } as const;
		await expect(
			client.checkUser(`${distributor.url}?wsdl`, [KNOWN, 'odd'], form),
		).resolves.toEqual([
			{ exist: true, points: 99 },
			{ fault: expect.stringMatching(/Client$/), reason: expect.stringContaining('phone') },
		]);
		expect(distributor.received[0]).toContain('http://schemas.xmlsoap.org/soap/envelope/');
	}, 30_000);

	it('understands a fault, and goes on', async () => {
		await expect(client.checkUser(`${distributor.url}?wsdl`, ['odd', KNOWN])).resolves.toEqual([
			{ fault: expect.stringMatching(/Sender$/), reason: expect.stringContaining('phone') },
			{ exist: true, points: 99 },
		]);
	}, 30_000);
});

describe('the schema in the WSDL', () => {
	const description = async () => await (await fetch(`${distributor.url}?wsdl`)).text();

	it('holds for what clients send and what they are answered', async () => {
		for (const client of [phpSoapClient, zeepClient]) {
			for (const arParameters of [false, true]) {
				await client.checkUser(`${distributor.url}?wsdl`, [HALF, UNKNOWN], { arParameters });
			}
		}
		const messages = [...distributor.received, ...distributor.answered];
		expect(messages).toHaveLength(16);
		await expect(schemaProblems(await description(), messages)).resolves.toEqual(
			messages.map(() => []),
		);
	}, 60_000);

	it('does not hold for anything else', async () => {
		const answer = (result: string) =>
			'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>' +
			'<CheckUserResponse xmlns="urn:elektrik.ru:distributor"><CheckUserResult>' +
			`${result}</CheckUserResult></CheckUserResponse></e:Body></e:Envelope>`;
		const messages = [
			answer('<exist>maybe</exist>'),
			answer('<points>1</points>'),
			answer('<exist>true</exist><points>1,5</points>'),
		];
		for (const problems of await schemaProblems(await description(), messages)) {
			expect(problems).not.toEqual([]);
		}
	}, 60_000);
});

describe('the sandbox portal', () => {
	it('asks the same service', async () => {
		const { portal } = createSandbox().elektrik;
		const ask = async (phoneHash: string, arParameters = false) =>
			await portal.check({ url: distributor.url, protocol: 'soap', phoneHash, arParameters });

		await expect(ask(KNOWN)).resolves.toMatchObject({ status: 200, exist: true, points: 99 });
		await expect(ask(HALF, true)).resolves.toMatchObject({ exist: true, points: 0.5 });
		await expect(ask(UNKNOWN)).resolves.toMatchObject({ exist: false, points: null, error: null });
		await expect(ask('odd')).resolves.toMatchObject({
			status: 400,
			exist: null,
			error: expect.stringMatching(/^env:Sender: "phone"/),
		});
	});

	it('asks with the bytes that PHP sends', async () => {
		await phpSoapClient.checkUser(`${distributor.url}?wsdl`, [KNOWN]);
		const { portal } = createSandbox().elektrik;
		await portal.check({ url: distributor.url, protocol: 'soap', phoneHash: KNOWN });
		await phpSoapClient.checkUser(`${distributor.url}?wsdl`, [KNOWN], { arParameters: true });
		await portal.check({
			url: distributor.url,
			protocol: 'soap',
			phoneHash: KNOWN,
			arParameters: true,
		});

		const [byPhp, bySandbox, nestedByPhp, nestedBySandbox] = distributor.received;
		expect(bySandbox).toBe(byPhp);
		expect(nestedBySandbox).toBe(nestedByPhp);
	}, 30_000);
});
