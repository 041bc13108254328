import crypto from 'node:crypto';
import { writeRequest, type ExapiKey } from '../../../nodes/Exapi/protocol';
import { authenticate } from '../../../nodes/Exapi/server/authentication';
import { BanList } from '../../../nodes/Exapi/server/bans';
import { readPartners } from '../../../nodes/Exapi/server/partners';

const HERE = '203.0.113.7';
const ELSEWHERE = '203.0.113.8';
const KEY: ExapiKey = { sender: 'партнёр_7', secret: 'invented / секрет' };
const OTHER: ExapiKey = { sender: 'partner_8', secret: 'invented 77aa' };
const NOBODY: ExapiKey = { sender: 'nobody', secret: 'guess' };
const WRONG: ExapiKey = { ...KEY, secret: 'wrong' };
const MAX_FAILURES = 5;

const signedWith = (key: ExapiKey): string =>
	writeRequest({ method: 'addOrder', params: [{ order_id: 'A/1' }], id: '1' }, key);

const partners = readPartners({ [KEY.sender]: [KEY.secret, 'old'], [OTHER.sender]: OTHER.secret });
let bans: BanList;
let hashed: jest.SpyInstance;
beforeEach(() => {
	bans = new BanList('test', { maxFailures: MAX_FAILURES, windowSeconds: 600, banSeconds: 3600 });
	hashed = jest.spyOn(crypto, 'createHash');
});
afterEach(() => hashed.mockRestore());

const arrive = async (body: string, address = HERE) =>
	await authenticate(body, address, partners, bans);

/** How many signatures are computed for a body, made before. */
async function signaturesFor(body: string, address = HERE): Promise<number> {
	hashed.mockClear();
	await arrive(body, address);
	return hashed.mock.calls.length;
}

async function failUntilBanned(body: string): Promise<void> {
	for (let failure = 1; failure <= MAX_FAILURES; failure++) {
		expect(await arrive(body)).toBeUndefined();
	}
}

describe('authenticate accepts a request', () => {
	it('signed with the current or the old secret, and returns that secret for the answer', async () => {
		expect(await arrive(signedWith(KEY))).toMatchObject({
			request: { method: 'addOrder', params: [{ order_id: 'A/1' }], id: '1' },
			key: KEY,
			signature: expect.stringMatching(/^[0-9a-f]{32}$/),
		});
		const old = { ...KEY, secret: 'old' };
		expect(await arrive(signedWith(old))).toMatchObject({ key: old });
	});

	it('after four failures, which a valid request does not reset', async () => {
		for (let failure = 1; failure < MAX_FAILURES; failure++) await arrive(signedWith(WRONG));
		expect(await arrive(signedWith(KEY))).toBeDefined();
		await arrive(signedWith(WRONG));
		expect(await arrive(signedWith(KEY))).toBeUndefined();
	});

	it('of a banned partner at another address, and of another partner at this address', async () => {
		await failUntilBanned(signedWith(WRONG));
		expect(await arrive(signedWith(KEY), ELSEWHERE)).toBeDefined();
		expect(await arrive(signedWith(OTHER))).toBeDefined();
	});

	it('of a partner at an address where unknown senders are banned', async () => {
		await failUntilBanned(signedWith(NOBODY));
		expect(await arrive(signedWith(KEY))).toBeDefined();
	});
});

describe('authenticate computes no signature', () => {
	it.each([
		['a known sender', WRONG, KEY],
		['an unknown sender', NOBODY, { ...NOBODY, sender: 'another nobody' }],
	])('for %s after the fifth failure', async (_, wrong, next) => {
		const [failing, after] = [signedWith(wrong), signedWith(next)];
		expect(await signaturesFor(failing)).toBeGreaterThan(0);
		await failUntilBanned(failing);
		expect(await signaturesFor(failing)).toBe(0);
		expect(await signaturesFor(after)).toBe(0);
		expect(await signaturesFor(failing, ELSEWHERE)).toBeGreaterThan(0);
	});

	it.each([
		['no JSON', () => '{'],
		['no object', () => '[]'],
		['no sender', () => '{"sign":"x","request":"{}"}'],
		['a sender of 65 characters', () => signedWith(KEY).replace(KEY.sender, 'x'.repeat(65))],
		['no request', () => JSON.stringify({ sender: KEY.sender, sign: 'a'.repeat(32) })],
		['a short signature', () => signedWith(KEY).replace(/"sign":"../, '"sign":"')],
		['a long signature', () => signedWith(KEY).replace('"sign":"', '"sign":"00')],
		['a list for a signature', () => signedWith(KEY).replace(/"sign":"\w+"/, '"sign":["a"]')],
	])('for %s, which counts as a failure', async (_, make) => {
		const body = make();
		expect(await signaturesFor(body)).toBe(0);
		const fail = jest.spyOn(bans, 'recordFailure');
		expect(await arrive(body)).toBeUndefined();
		expect(fail).toHaveBeenCalledTimes(1);
	});
});

describe('with 40 concurrent requests, authenticate', () => {
	const at = async (bodies: string[]) => {
		hashed.mockClear();
		const all = await Promise.all(bodies.map(async (body) => await arrive(body)));
		return { admitted: all.filter((one) => one !== undefined).length, hashed: hashed.mock.calls };
	};
	const times = (count: number, body: string) => Array<string>(count).fill(body);

	it.each([
		['of a known sender', WRONG],
		['of an unknown one', NOBODY],
	])('checks no more signatures than may fail, %s', async (_, key) => {
		const { admitted, hashed: checks } = await at(times(40, signedWith(key)));
		expect(admitted).toBe(0);
		expect(checks).toHaveLength(MAX_FAILURES);
		expect(await arrive(signedWith(WRONG))).toBeUndefined();
	});

	it('rejects a right guess after too many wrong ones', async () => {
		expect((await at([...times(39, signedWith(WRONG)), signedWith(KEY)])).admitted).toBe(0);
	});

	it('accepts all requests of a partner without banning it', async () => {
		expect((await at(times(40, signedWith(KEY)))).admitted).toBe(40);
		expect((await at(times(40, signedWith(KEY)))).admitted).toBe(40);
	});

	it('accepts all requests of a partner between four that fail', async () => {
		const [right, wrong] = [times(9, signedWith(KEY)), signedWith(WRONG)];
		const bodies = Array.from({ length: 4 }, () => [wrong, ...right]).flat();
		expect((await at(bodies)).admitted).toBe(36);
		expect(await arrive(signedWith(KEY))).toBeDefined();
	});
});

describe('the work of authenticate', () => {
	const spies = () => ({
		createHash: jest.spyOn(crypto, 'createHash'),
		update: jest.spyOn(crypto.Hash.prototype, 'update'),
		copy: jest.spyOn(crypto.Hash.prototype, 'copy'),
		digest: jest.spyOn(crypto.Hash.prototype, 'digest'),
		compare: jest.spyOn(crypto, 'timingSafeEqual'),
	});
	/** How often each of these is called for a request. */
	const workFor = async (key: ExapiKey): Promise<Record<string, number>> => {
		const body = signedWith(key);
		const watched = spies();
		jest.clearAllMocks();
		await arrive(body);
		const counts = Object.entries(watched).map(([name, spy]) => [name, spy.mock.calls.length]);
		for (const spy of Object.values(watched)) spy.mockRestore();
		return Object.fromEntries(counts) as Record<string, number>;
	};

	it.each<[string, ExapiKey]>([
		['a sender with one secret, signed wrongly', { ...OTHER, secret: 'wrong' }],
		['a sender with one secret, signed rightly', OTHER],
		['a sender with two secrets, signed with the new one', KEY],
		['a sender with two secrets, signed with the old one', { ...KEY, secret: 'old' }],
		['an unknown sender', NOBODY],
		['an unknown sender who signs with a secret of another', { ...NOBODY, secret: OTHER.secret }],
	])('is that of two wrong secrets for %s', async (_, key) => {
		const work = await workFor(WRONG);
		expect(work).toEqual({ createHash: 1, update: 4, copy: 2, digest: 2, compare: 2 });
		expect(await workFor(key)).toEqual(work);
	});
});

it('authenticate compares a whole signature in constant time, for known and unknown senders', async () => {
	const compare = jest.spyOn(crypto, 'timingSafeEqual');
	for (const key of [WRONG, NOBODY]) {
		compare.mockClear();
		await arrive(signedWith(key));
		const lengths = compare.mock.calls.map((sides) => sides.map(({ byteLength }) => byteLength));
		expect(lengths).not.toEqual([]);
		expect(lengths).toEqual(lengths.map(() => [32, 32]));
	}
	compare.mockRestore();
});

it.each([
	['lists', '[],'],
	['objects', '{},'],
	['lists in lists', '['],
	['objects in objects', '{"a":'],
	['names', '"a":0,'],
])('authenticate does not parse an unsigned body of a million %s', async (_, part) => {
	const parse = jest.spyOn(JSON, 'parse');
	const body = `{"sender":"${OTHER.sender}","sign":"${'0'.repeat(32)}","more":[${part.repeat(1e6)}`;
	expect(await arrive(body)).toBeUndefined();
	expect(parse).not.toHaveBeenCalled();
	parse.mockRestore();
});

it('authenticate accepts additional properties in a message, and any text in its request', async () => {
	const params = [{ text: '{[,"\\'.repeat(10_000) }, '\\', '"', '\\"'];
	const body = writeRequest({ method: 'x', params, id: '1' }, KEY);
	const more = body.replace('{', '{"version":[1,{"a":{}}],');
	expect(await arrive(more)).toMatchObject({ request: { params } });
});

describe('authenticate counts the failures of one customer together', () => {
	it.each([
		['the /64 of IPv6', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1'],
		['IPv4 in IPv6', '::ffff:198.51.100.1', '198.51.100.1', '198.51.100.2'],
	])('%s', async (_, one, same, another) => {
		for (let failure = 1; failure <= MAX_FAILURES; failure++) await arrive(signedWith(WRONG), one);
		expect(await arrive(signedWith(KEY), same)).toBeUndefined();
		expect(await arrive(signedWith(KEY), another)).toBeDefined();
	});
});

it('authenticate returns a signed error for an invalid request without counting a failure', async () => {
	const body = writeRequest({ method: '', params: [], id: '7' }, KEY);
	for (let time = 0; time <= MAX_FAILURES; time++) {
		await expect(arrive(body)).rejects.toMatchObject({ answerTo: { key: KEY, id: '7' } });
	}
	expect(await arrive(signedWith(KEY))).toBeDefined();
});
