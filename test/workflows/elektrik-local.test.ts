import type { IDataObject } from 'n8n-workflow';
import { hashOf, startElektrikBench, type ElektrikBench } from './elektrik-bench';
import type { TriggerBefore } from './engine';

let bench: ElektrikBench;
beforeEach(async () => {
	bench = await startElektrikBench();
});
afterEach(async () => {
	expect(bench.received).toEqual([]);
	await bench.stop();
});

const HASH = hashOf('79000000002');

describe('user.find', () => {
	const input = [
		{ tel: '+7 900 000-00-01', bonus: 1 },
		{ tel: 'нет', bonus: 2 },
		{ tel: '8 (900) 000 00 02', bonus: '3.5' },
		{ tel: '9000000002', bonus: 3.5 },
	];
	const parameters = { phoneHash: HASH, phoneField: 'tel', pointsField: 'bonus' };

	it('gives the first match, and tells of phones that cannot be read', async () => {
		const { items, hints } = await bench.run('user.find', parameters, { input });
		expect(items).toEqual([{ json: { exist: true, points: 3.5 }, pairedItem: { item: 2 } }]);
		expect(hints).toEqual([
			'1 of 4 input items have no readable phone (items 1). The node skipped them.',
		]);
	});

	it.each([
		[4, 'Items 2 and 3 have the same phone, but different points'],
		['', 'The field "bonus" is missing'],
	])('fails when a second row of the phone has %j points', async (bonus, message) => {
		const rows = [...input.slice(0, 3), { tel: '9000000002', bonus }];
		const { error } = await bench.run('user.find', parameters, { input: rows });
		expect(error?.message).toBe(message);
	});

	describe('for whom an Elektrik.ru Trigger asks', () => {
		const OTHER = hashOf('79000000001');
		const trigger: TriggerBefore = {
			node: 'elektrikTrigger',
			name: 'Elektrik.ru Trigger',
			item: { json: { action: 'user.check', phoneHash: HASH } },
		};
		const table = { phoneField: 'tel', pointsField: 'bonus' };
		const ROW_HASH = '={{ $json.phoneHash }}';
		const rows = (...phones: string[]) =>
			phones.map((tel, at) => ({ tel, bonus: at + 1, phoneHash: hashOf(`7${tel}`) }));
		const find = async (
			phoneHash: string | undefined,
			wanted: IDataObject[],
			before: TriggerBefore | undefined = trigger,
		) => {
			const more = phoneHash === undefined ? table : { ...table, phoneHash };
			const { items, error } = await bench.run('user.find', more, {
				input: wanted,
				trigger: before,
			});
			return error ? `${error.message} ${String(error.description)}` : items[0]?.json;
		};
		const FOUND = { exist: true, points: 1 };
		const ANOTHER =
			/'Phone Hash' \(phoneHash\) is not the hash that "Elektrik\.ru Trigger" received.*\$\('Elektrik\.ru Trigger'\)\.first\(\)\.json\.phoneHash/;

		it.each<[string, string | undefined]>([
			['the field left as it is', undefined],
			['the hash of the trigger', "={{ $('Elektrik.ru Trigger').first().json.phoneHash }}"],
			['the trigger’s field dragged there', "={{ $('Elektrik.ru Trigger').item.json.phoneHash }}"],
			['the hash as a text', HASH.toUpperCase()],
			['the hash of the only row', ROW_HASH],
		])('finds them in a table of one row by %s', async (_, phoneHash) => {
			await expect(find(phoneHash, rows('9000000002'))).resolves.toEqual(FOUND);
		});

		it.each<[string, string]>([
			['the hash of the only row', ROW_HASH],
			['a text', OTHER],
			['another item’s', "={{ $('Input').first().json.phoneHash }}"],
		])('stops at another hash: %s', async (_, phoneHash) => {
			await expect(find(phoneHash, rows('9000000001'))).resolves.toMatch(ANOTHER);
		});

		it('rejects the hash column of a table, for any first row', async () => {
			await expect(find(ROW_HASH, rows('9000000001', '9000000002'))).resolves.toMatch(ANOTHER);
			await expect(find(ROW_HASH, rows('9000000002', '9000000001'))).resolves.toMatch(
				/differs between the input items: item 0 and item 1/,
			);
		});

		it('takes the hash column of rows that were filtered by the hash', async () => {
			const wanted = [...rows('9000000002'), ...rows('9000000002')];
			await expect(find(ROW_HASH, wanted)).resolves.toEqual(FOUND);
		});

		it('does not find them in a table without them', async () => {
			await expect(find(undefined, rows('9000000001'))).resolves.toEqual({ exist: false });
		});

		it('asks the trigger that started the execution, whatever its name is', async () => {
			const renamed = { ...trigger, name: "The portal's check" };
			await expect(find(undefined, rows('9000000002'), renamed)).resolves.toEqual(FOUND);
			await expect(find(OTHER, rows('9000000002'), renamed)).resolves.toContain(
				"$('The portal\\'s check').first()",
			);
		});

		it('asks the trigger as well when a node before it was deleted and its connection was left', async () => {
			const more = { trigger, hasLostConnection: true };
			const found = await bench.run('user.find', table, { input: rows('9000000002'), ...more });
			expect(found.items[0]?.json).toEqual(FOUND);
			const wrong = await bench.run(
				'user.find',
				{ ...table, phoneHash: ROW_HASH },
				{ input: rows('9000000001'), ...more },
			);
			expect(wrong.error?.message).toMatch(/is not the hash that "Elektrik\.ru Trigger" received/);
		});

		it('does not ask a trigger that did not start the execution', async () => {
			const unused: TriggerBefore = { node: 'elektrikTrigger', before: 'Node' };
			await expect(find(OTHER, rows('9000000001'), unused)).resolves.toEqual(FOUND);
		});
	});

	describe('without a trigger', () => {
		const rows = [
			{ tel: '9000000002', bonus: 1, phoneHash: HASH },
			{ tel: '9000000001', bonus: 2, phoneHash: hashOf('79000000001') },
		];

		it.each([
			'={{ $json.phoneHash }}',
			'={{ $json["phoneHash"].toLowerCase() }}',
			"={{ $('Input').item.json.phoneHash }}",
			'={{ $input.item.json.phoneHash }}',
		])('stops at a hash that differs between items: %s', async (phoneHash) => {
			const { error } = await bench.run('user.find', { ...parameters, phoneHash }, { input: rows });
			expect(error?.message).toBe(
				"The field 'Phone Hash' (phoneHash) differs between the input items: item 0 and item 1",
			);
		});

		it('takes one that is the same for all', async () => {
			const phoneHash = '={{ $json.phoneHash }}';
			const same = rows.map((row) => ({ ...row, phoneHash: HASH }));
			const { items } = await bench.run('user.find', { ...parameters, phoneHash }, { input: same });
			expect(items[0]?.json).toEqual({ exist: true, points: 1 });
		});
	});

	describe('that fails and continues on fail', () => {
		const failing = { ...parameters, phoneHash: 'none' };
		const json = {
			error: "The field 'Phone Hash' (phoneHash) is not an md5 hash of 32 hex digits",
			message: 'Use the phoneHash that the Elektrik.ru Trigger emitted.',
		};

		it('gives its error, never the input', async () => {
			const settings = { onError: 'continueRegularOutput' as const };
			const { items } = await bench.run('user.find', failing, { input, settings });
			expect(items.map((item) => item.json)).toEqual([json]);
		});

		it('gives its error to the error output, without the fields of an item', async () => {
			const settings = { onError: 'continueErrorOutput' as const };
			const more = { input, settings, isFollowed: true };
			const { items, errors } = await bench.run('user.find', failing, more);
			expect([items, errors.map((item) => item.json)]).toEqual([[], [json]]);
		});

		it('fails if the error output is not connected: no item would mean that the phone is unknown', async () => {
			const settings = { onError: 'continueErrorOutput' as const };
			const { run } = await bench.run('user.find', failing, { input, settings });
			expect(run.data.resultData.runData.Node?.at(-1)?.error?.message).toBe(json.error);
		});
	});

	it('returns one item if the phone is unknown', async () => {
		const phoneHash = hashOf('79999999999');
		const { items } = await bench.run('user.find', { ...parameters, phoneHash }, { input });
		expect(items).toEqual([{ json: { exist: false }, pairedItem: { item: 0 } }]);
	});

	it('treats an empty item as none', async () => {
		const { items, hints } = await bench.run('user.find', parameters, { input: [{}] });
		expect([items[0]?.json, hints]).toEqual([{ exist: false }, []]);
	});

	it('takes the hash from an expression', async () => {
		const phoneHash = "={{ $('Input').first().json.hash }}";
		const { items } = await bench.run(
			'user.find',
			{ ...parameters, phoneHash },
			{ input: [{ hash: HASH.toUpperCase(), tel: 89000000002, bonus: 9 }] },
		);
		expect(items[0]?.json).toEqual({ exist: true, points: 9 });
	});

	it.each<[string, string, IDataObject]>([
		[
			'contact.phone',
			'loyalty.points',
			{ contact: { phone: '9000000002' }, loyalty: { points: 7 } },
		],
		['phones[0].number', "['my points']", { phones: [{ number: '9000000002' }], 'my points': 7 }],
		// A column whose name holds a point.
		['tel.mobile', 'x', { 'tel.mobile': '9000000002', tel: { mobile: '9000000001' }, x: 7 }],
	])('reads %s and %s', async (phoneField, pointsField, json) => {
		const { items } = await bench.run(
			'user.find',
			{ ...parameters, phoneField, pointsField },
			{ input: [{ other: 1 }, json] },
		);
		expect(items[0]?.json).toEqual({ exist: true, points: 7 });
	});

	it('fails when the one found has no points', async () => {
		const { error } = await bench.run('user.find', parameters, {
			input: [{ tel: '9000000001' }, { tel: '9000000002' }],
		});
		expect(error).toMatchObject({
			message: 'The field "bonus" is missing',
			context: { itemIndex: 1 },
		});
	});

	it.each([
		[{ phoneHash: '79000000002' }, /'Phone Hash' \(phoneHash\) is not an md5 hash/],
		[{ phoneField: ' ' }, /The parameter 'Phone Field' \(phoneField\) is empty/],
	])('refuses %j', async (wrong, message) => {
		const { error } = await bench.run('user.find', { ...parameters, ...wrong }, { input });
		expect(error?.message).toMatch(message);
	});

	it('looks through a hundred thousand items in a moment', async () => {
		const many = Array.from({ length: 100_000 }, (_, at) => ({
			tel: `8 (901) ${1_000_000 + at}`,
			bonus: at,
		}));
		const before = process.cpuUsage();
		const phoneHash = hashOf('79011099999');
		const { items } = await bench.run('user.find', { ...parameters, phoneHash }, { input: many });
		expect(items).toEqual([
			{ json: { exist: true, points: 99_999 }, pairedItem: { item: 99_999 } },
		]);
		// Most of it is the making of the input; see the test of the hash for our part.
		const { user, system } = process.cpuUsage(before);
		expect((user + system) / 1_000).toBeLessThan(10_000);
	});
});

describe('phone.hash', () => {
	it('reads a phone within another field', async () => {
		const json = { contact: { phone: '9000000002' } };
		const parameters = { phoneField: 'contact.phone', outputField: 'hash' };
		const { items } = await bench.run('phone.hash', parameters, { input: [json] });
		expect(items[0]?.json).toEqual({ ...json, hash: HASH });
	});

	const parameters = { phoneField: 'tel', outputField: 'hash' };

	it('adds the hash to each item', async () => {
		const input = [
			{ tel: '9000000001', name: 'A' },
			{ tel: 89000000002, hash: 'old' },
		];
		const { items } = await bench.run('phone.hash', parameters, { input });
		expect(items).toEqual([
			{
				json: { tel: '9000000001', name: 'A', hash: hashOf('79000000001') },
				pairedItem: { item: 0 },
			},
			{ json: { tel: 89000000002, hash: HASH }, pairedItem: { item: 1 } },
		]);
	});

	it('stops at the first phone that cannot be read', async () => {
		const input = [{ tel: '9000000001' }, { tel: '12' }];
		const { error } = await bench.run('phone.hash', parameters, { input });
		expect(error).toMatchObject({
			message: expect.stringMatching(/^The field "tel" is too short/),
			context: { itemIndex: 1 },
		});
	});

	it('sends what cannot be read to the error output', async () => {
		const { items, errors } = await bench.run('phone.hash', parameters, {
			input: [{ tel: '9000000001' }, { tel: '12' }, { tel: '9000000002' }],
			settings: { onError: 'continueErrorOutput' },
		});
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(errors[0]?.json).toMatchObject({ tel: '12', error: expect.any(String) });
	});
});

describe('a node without a usable credential', () => {
	it.each([
		[{ uid: ' ' }, 'The UID in the Elektrik.ru API credential is missing'],
		[{ url: 'elektrik.ru' }, 'The URL in the Elektrik.ru API credential is not an address'],
	])('says so: %j', async (wrong, message) => {
		const elektrikApi = { url: bench.url, uid: 'x', ...wrong };
		const { error } = await bench.run('phone.hash', {}, { credentials: { elektrikApi } });
		expect(error?.message).toBe(message);
	});
});
