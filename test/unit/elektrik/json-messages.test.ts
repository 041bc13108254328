import fc from 'fast-check';
import {
	findCheckAnswer,
	readCheckAnswer,
	readCheckRequest,
	readPoints,
	readUpdateAnswer,
	readYesNo,
	writeCheckAnswer,
	writeCheckRequest,
	writeUpdateRequest,
} from '../../../nodes/Elektrik/protocol';
import vectors from '../../vectors/elektrik-messages.json';

describe.each(vectors.messages)('messages that PHP wrote: $name', (message) => {
	it('are read', () => {
		expect(readCheckRequest(message.check)).toBe(message.hash);
		expect(readCheckAnswer(JSON.parse(message.known))).toEqual({ exist: true, points: 99 });
		expect(readCheckAnswer(JSON.parse(message.unknown))).toEqual({ exist: false });
		expect(readUpdateAnswer(message.accepted)).toEqual({ accepted: true });
		expect(readUpdateAnswer(message.uidRefused)).toEqual({
			accepted: false,
			error: 'UID incorrect',
		});
		expect(readUpdateAnswer(message.phoneRefused)).toEqual({
			accepted: false,
			error: 'Phone hash incorrect',
		});
	});

	it('are what we write', () => {
		const { hash, uid } = message;
		expect(JSON.parse(writeCheckRequest(hash))).toEqual(JSON.parse(message.check));
		expect(JSON.parse(writeUpdateRequest(hash, 99, uid))).toEqual(JSON.parse(message.update));
		expect(JSON.parse(writeCheckAnswer({ exist: true, points: 99 }))).toEqual(
			JSON.parse(message.known),
		);
		expect(JSON.parse(writeCheckAnswer({ exist: false }))).toEqual(JSON.parse(message.unknown));
	});
});

describe('a check', () => {
	it('may have a hash in capitals, and a byte order mark before it', () => {
		const body = `\ufeff${writeCheckRequest('ABCDEF0123456789ABCDEF0123456789')}`;
		expect(readCheckRequest(body)).toBe('abcdef0123456789abcdef0123456789');
	});

	it.each([
		['', 'The body is not a JSON object'],
		['{', 'The body is not a JSON object'],
		['null', 'The body is not a JSON object'],
		['[]', 'The body is not a JSON object'],
		['{}', 'There is no "action"; this address knows "user.check"'],
		['{"action":"user.update.points"}', 'The action is not known; this address knows "user.check"'],
		['{"action":["user.check"]}', 'The action is not known; this address knows "user.check"'],
		['{"action":"user.check"}', '"phone" is not an md5 hash of 32 hex digits'],
		['{"action":"user.check","phone":79990000001}', '"phone" is not an md5 hash of 32 hex digits'],
		['{"action":"user.check","phone":{}}', '"phone" is not an md5 hash of 32 hex digits'],
	])('is not %s', (body, message) => {
		expect(() => readCheckRequest(body)).toThrow(message);
	});
});

describe('an answer of the portal', () => {
	it.each([
		['{"success":1,"result":1}', { accepted: true }],
		['{"result":"true"}', { accepted: true }],
		['Warning: x in y.php\n{"success":true,"result":true}', { accepted: true }],
		['{"success":true,"result":false}', { accepted: false, error: '' }],
		['{"success":false,"error":"busy"}', { accepted: false, error: 'busy' }],
		['{"success":false,"result":true}', { accepted: false, error: '' }],
		['{"result":false,"error":["bad"]}', { accepted: false, error: 'bad' }],
		['{"result":false,"error":["bad "," worse"]}', { accepted: false, error: 'bad; worse' }],
		[
			'{"result":false,"error":{"code":17,"message":"UID incorrect"}}',
			{ accepted: false, error: 'UID incorrect (code 17)' },
		],
		['{"result":false,"error":{"uid":["incorrect"]}}', { accepted: false, error: 'incorrect' }],
		['{"result":false,"error":17}', { accepted: false, error: '17' }],
		[
			'{"result":false,"error":12345678901234567890}',
			{ accepted: false, error: '12345678901234567890' },
		],
		['{"result":false,"error":[]}', { accepted: false, error: '' }],
		['{"result":false,"error":{"a":[null,false]}}', { accepted: false, error: '' }],
		['{"result":false,"error":true}', { accepted: false, error: '' }],
		['{"result":false,"error":null}', { accepted: false, error: '' }],
	])('%s', (body, answer) => {
		expect(readUpdateAnswer(body)).toEqual(answer);
	});

	it.each(['', '<html>', '[]', '{}', '{"success":true}', '{"result":"yes"}'])(
		'is not %s',
		(body) => {
			expect(() => readUpdateAnswer(body)).toThrow(/^The response /);
		},
	);
});

describe('an answer with text around it', () => {
	const around: Array<[string, string, string]> = [
		['a warning in front', '<br />\n<b>Warning</b>: {x} in {"a.php\n', ''],
		['a shutdown notice behind', '', '\n<b>Notice</b>: Undefined index: {"x"} in a.php'],
		['other objects', 'var_dump {"phone":"x"} {"uid":{"a":', '{"points":5}'],
		['comments', '/* {"a": 1} */', '<!-- {"a -->'],
	];

	it.each(around)('is found by the update: %s', (_, before, behind) => {
		const answer = { result: false, error: 'UID incorrect' };
		expect(readUpdateAnswer(before + JSON.stringify(answer) + behind)).toEqual({
			accepted: false,
			error: 'UID incorrect',
		});
	});

	it.each(around)('is found by the check: %s', (_, before, behind) => {
		const answer = { exist: true, points: 99 };
		expect(findCheckAnswer(before + JSON.stringify(answer) + behind)).toEqual(answer);
		expect(findCheckAnswer(`${before}{"error":"busy"}${behind}`)).toEqual({ error: 'busy' });
	});
});

describe('points', () => {
	it.each([
		[0, 0],
		[-0, 0],
		['0', 0],
		[' 99 ', 99],
		['12.50', 12.5],
		[0.1, 0.1],
	])('are %j', (value, points) => {
		expect(Object.is(readPoints(value), points)).toBe(true);
	});

	it.each([
		undefined,
		null,
		'',
		' ',
		-1,
		'-1',
		'abc',
		'1 000',
		'9,5',
		'1e3',
		NaN,
		Infinity,
		true,
		{},
	])('are not %j', (value) => {
		expect(() => readPoints(value, 'bonus')).toThrow(expect.objectContaining({ field: 'bonus' }));
	});

	it('are read as they were written', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (points) => {
				const answer = JSON.parse(writeCheckAnswer({ exist: true, points })) as unknown;
				expect(readCheckAnswer(answer)).toEqual({ exist: true, points: points === 0 ? 0 : points });
			}),
		);
	});

	it('are required for an electrician who exists', () => {
		expect(() => readCheckAnswer({ exist: true })).toThrow('is missing');
		expect(() => readCheckAnswer({ points: 1 })).toThrow('no "exist"');
	});
});

it('yes or no is neither of a value that has no JSON', () => {
	const itself: Record<string, unknown> = {};
	itself.exist = itself;
	for (const value of [itself, 1n, [0n], Symbol('1')]) expect(readYesNo(value)).toBeUndefined();
	expect([true, 1, '1', ' TRUE '].map(readYesNo)).toEqual([true, true, true, true]);
	expect([false, 0, -0, '0', 'False'].map(readYesNo)).toEqual([false, false, false, false, false]);
});
