import type { PartnerError } from '../../../nodes/shared/errors';
import { ClientBench, KEY, RESPONSES, type Response } from './client-bench';

const MINUTE = 60_000;

let bench: ClientBench;
let ahead = 0;
beforeEach(async () => {
	const realNow = Date.now.bind(Date);
	ahead = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
	bench = await ClientBench.start();
});
afterEach(async () => {
	jest.restoreAllMocks();
	await bench.stop();
});

const sent = () => bench.arrived.length;
const write = { changes: true };
const AMBIGUOUS: Array<[string, Response]> = [
	['a closed connection', RESPONSES.closed],
	['a response without content', RESPONSES.empty],
	['HTTP 204', (response) => response.writeHead(204).end()],
	['HTTP 502', RESPONSES.status(502)],
	['HTTP 502 without content', (response) => response.writeHead(502).end()],
	['HTTP 520', RESPONSES.status(520)],
];

describe.each(AMBIGUOUS)('%s for a sender without a signed answer', (_, respond) => {
	beforeEach(() => (bench.respond = respond));

	it('is a refusal of a read: it is sent once, and the text has both readings', async () => {
		const error = (await bench.call()) as PartnerError;
		expect(sent()).toBe(1);
		expect(error.outcome).toBe('refused');
		expect(error.message).toMatch(/^The CRM refused the request: /);
		expect(error.description).toContain('Check the sender, the secret and the URL');
		expect(error.description).toContain('is down behind its proxy');
		expect(error.description).not.toContain('Check there');
	});

	it('leaves the outcome of a write unknown, and is sent once', async () => {
		const error = (await bench.call(write)) as PartnerError;
		expect(sent()).toBe(1);
		expect(error.outcome).toBe('unknown');
		expect(error.description).toContain('is down behind its proxy');
		expect(error.description).toContain('Check there before you send it again');
	});

	it('tells the items after a write that nothing of theirs was sent, and only that', async () => {
		const client = bench.client();
		expect(await bench.callBy(client, write)).toMatchObject({ outcome: 'unknown' });
		// In the same run; in another execution; and after a lost order was asked for, again in the same run.
		const later = [await bench.callBy(client, write), await bench.call(write)];
		await bench.callBy(client, { purpose: 'lostAnswer' });
		later.push(await bench.callBy(client, write));
		for (const { outcome, description } of later as PartnerError[]) {
			expect(outcome).toBe('notSent');
			expect(description).toMatch(/^Nothing was sent\. /);
			expect(description).toMatch(/The refusal was: The CRM refused the request: /);
			expect(description).not.toContain('may have executed');
		}
	});

	it('allows one status request for a lost answer, which ends the refusal if it is answered', async () => {
		await bench.call(write);
		expect(await bench.call(write)).toMatchObject({ outcome: 'notSent' });
		bench.respond = RESPONSES.signed;
		expect(await bench.call({ purpose: 'lostAnswer' })).toBe('done');
		expect(await bench.call(write)).toBe('done');
		expect(sent()).toBe(3);
	});

	it('allows no second status request when the first one is refused', async () => {
		await bench.call(write);
		expect(await bench.call({ purpose: 'lostAnswer' })).toMatchObject({ outcome: 'refused' });
		expect(await bench.call({ purpose: 'lostAnswer' })).toMatchObject({ outcome: 'notSent' });
		expect(sent()).toBe(2);
	});
});

describe.each(AMBIGUOUS)('%s for a sender that was accepted', (_, respond) => {
	beforeEach(async () => {
		await bench.call();
		bench.respond = respond;
		bench.arrived.length = 0;
		ahead += 60 * MINUTE;
	});

	it('is a refusal once it came three times in a row, over all executions', async () => {
		expect(await bench.call(write)).toMatchObject({ outcome: 'unknown' });
		expect(await bench.call(write)).toMatchObject({ outcome: 'unknown' });
		expect(await bench.call(write)).toMatchObject({
			outcome: 'unknown',
			description: expect.stringContaining('may have changed the secret'),
		});
		expect(await bench.call(write)).toMatchObject({ outcome: 'notSent' });
		expect(sent()).toBe(3);
	});

	it('is counted from zero after a signed answer', async () => {
		for (let round = 0; round < 3; round++) {
			bench.respond = respond;
			await bench.call(write);
			await bench.call(write);
			bench.respond = RESPONSES.signed;
			expect(await bench.call(write)).toBe('done');
		}
		expect(sent()).toBe(9);
	});
});

it('HTTP 502 is repeated for a read of an accepted sender, but not after the third', async () => {
	await bench.call();
	bench.respond = RESPONSES.status(502);
	expect(await bench.call()).toMatchObject({ outcome: 'refused' });
	expect(sent()).toBe(4);
});

describe('the cause of a connection closed after the request', () => {
	beforeEach(() => (bench.respond = RESPONSES.closed));

	it('is kept by the refusal, and by what is not sent after it', async () => {
		const client = bench.client();
		for (const error of [
			await bench.callBy(client, write),
			await bench.callBy(client, write),
			await bench.call(write),
		] as PartnerError[]) {
			expect(error.cause).toMatchObject({ code: 'ECONNRESET' });
			expect(JSON.stringify(error.cause)).not.toContain(KEY.secret);
		}
	});

	it('is kept where the sender was accepted', async () => {
		bench.respond = RESPONSES.signed;
		await bench.call();
		bench.respond = RESPONSES.closed;
		expect(await bench.call(write)).toMatchObject({ cause: { code: 'ECONNRESET' } });
	});
});

describe.each([401, 403])('HTTP %d without a signed answer', (status) => {
	it.each([true, false])('is a refusal (accepted before: %s)', async (wasAccepted) => {
		if (wasAccepted) await bench.call();
		bench.arrived.length = 0;
		bench.respond = RESPONSES.status(status);
		const error = (await bench.call(write)) as PartnerError;
		expect(error).toMatchObject({
			message: `The CRM refused the request: it returned HTTP ${status}`,
			outcome: 'refused',
			httpStatus: status,
		});
		expect(error.description).not.toContain('Check there');
		expect(await bench.call()).toMatchObject({ outcome: 'notSent' });
		expect(sent()).toBe(1);
	});

	it('is an answer if it is signed', async () => {
		bench.respond = (response, sign) => response.writeHead(status).end(sign());
		expect(await bench.call()).toBe('done');
	});
});

describe('a refused sender', () => {
	beforeEach(async () => {
		bench.respond = RESPONSES.closed;
		await bench.call();
		bench.arrived.length = 0;
	});

	it('fails at once, with the moments that a person needs, and without the secret', async () => {
		ahead += 59_000;
		const { message, description } = (await bench.call()) as PartnerError;
		expect(message).toMatch(
			/^Not sent, because the CRM refused this credential less than 1 minute ago: next attempt at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(Europe\/Moscow\)$/,
		);
		expect(description).toMatch(/^Nothing was sent/);
		expect(description).toContain('other processes, such as workers, wait for their next attempt');
		expect(description).toContain('The CRM refused the request: it closed the connection');
		expect(`${message} ${description}`).not.toContain(KEY.secret);
		expect(sent()).toBe(0);
	});

	it('sends one request after 1, 2, 4, 8, 10 and 10 minutes, however many wait', async () => {
		for (const [round, minutes] of [1, 2, 4, 8, 10, 10].entries()) {
			ahead += minutes * MINUTE - 2_000;
			const early = (await bench.call()) as PartnerError;
			expect(early.outcome).toBe('notSent');
			expect(sent()).toBe(round);
			ahead += 2_000;
			const errors = (await Promise.all(
				Array.from({ length: 10 }, async () => await bench.call(write)),
			)) as PartnerError[];
			expect(errors.map(({ outcome }) => outcome).sort()).toEqual([
				...Array<string>(9).fill('notSent'),
				'unknown',
			]);
			expect(sent()).toBe(round + 1);
		}
	});

	it('says how long ago it was refused', async () => {
		bench.respond = () => undefined;
		for (const [minutes, text] of [
			[1, '1 minute ago'],
			[2, '3 minutes ago'],
		] as const) {
			ahead += minutes * MINUTE;
			const stop = new AbortController();
			const trying = bench.call({ signal: stop.signal });
			const { message, description } = (await bench.call({ timeout: 50 })) as PartnerError;
			stop.abort();
			await trying;
			expect(message).toContain(text);
			expect(description).toContain('The next attempt is in progress.');
		}
	});

	it('sends again once the next try got a signed answer', async () => {
		bench.respond = RESPONSES.signed;
		ahead += MINUTE;
		expect(await bench.call()).toBe('done');
		const all = await Promise.all(Array.from({ length: 5 }, async () => await bench.call()));
		expect(all).toEqual(Array(5).fill('done'));
	});

	it('tries again when a try could not tell, one request at a time', async () => {
		bench.respond = RESPONSES.status(500);
		ahead += MINUTE;
		expect(await bench.call(write)).toMatchObject({ httpStatus: 500 });
		bench.respond = RESPONSES.closed;
		expect(await bench.call(write)).toMatchObject({ outcome: 'unknown' });
		expect(await bench.call(write)).toMatchObject({ outcome: 'notSent' });
		expect(sent()).toBe(2);
	});

	it.each([
		['secret', { secret: 'another' }],
		['sender', { sender: 'partner_8' }],
	])('with another %s is tried at once', async (_, fields) => {
		await bench.call({}, fields);
		expect(sent()).toBe(1);
	});

	it('does not wait longer when the clock is set back', async () => {
		ahead -= 24 * 60 * MINUTE;
		bench.respond = RESPONSES.signed;
		expect(await bench.call()).toBe('done');
	});

	it('is sent by a credential test, whose success ends the pause', async () => {
		expect(await bench.call({ purpose: 'credentialTest', repeat: false })).toMatchObject({
			outcome: 'refused',
		});
		bench.respond = RESPONSES.signed;
		expect(await bench.call({ purpose: 'credentialTest', repeat: false })).toBe('done');
		expect(await bench.call()).toBe('done');
		expect(sent()).toBe(3);
	});

	it('is not sent by test after test, since n8n tests a credential whenever it is opened', async () => {
		for (let times = 0; times < 10; times++) {
			await bench.call({ purpose: 'credentialTest', repeat: false });
		}
		expect(sent()).toBe(3);
		ahead += MINUTE;
		await bench.call({ purpose: 'credentialTest', repeat: false });
		expect(sent()).toBe(4);
	});
});
