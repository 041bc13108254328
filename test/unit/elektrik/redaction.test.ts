import fc from 'fast-check';
import { redactJson, redactText } from '../../../nodes/Elektrik/client/failures';
import { json } from '../fuzz/hostile';

const UID = 'DeadBeef/11+22';

it.each([
	[`before ${UID} after`, 'before *** after'],
	[UID.toLowerCase() + UID.toUpperCase(), '******'],
	[`?uid=${encodeURIComponent(UID)}&a=b`, '?uid=***&a=b'],
	['DeadBeef', 'DeadBeef'],
])('the uid is masked in %j', (text, shown) => {
	expect(redactText(text, UID)).toBe(shown);
});

it('a uid that is a number is masked where JSON has it as one', () => {
	expect(redactJson({ uid: 1234567, points: 12345678 }, '1234567')).toEqual({
		uid: '***',
		points: 12345678,
	});
});

it('no JSON shows the uid, and JSON without it stays as it was', () => {
	fc.assert(
		fc.property(json, (value) => {
			expect(redactJson(structuredClone(value), UID)).toEqual(value);
			const text = JSON.stringify({ [UID]: value, list: [UID, value, [UID]] });
			expect(JSON.stringify(redactJson(JSON.parse(text), UID))).not.toContain(UID);
		}),
	);
});

it('JSON nested a hundred thousand times is masked as well', () => {
	const depth = 100_000;
	const value = JSON.parse(`${'['.repeat(depth)}"${UID}"${']'.repeat(depth)}`) as unknown;
	let inner = redactJson(value, UID);
	while (Array.isArray(inner)) inner = inner[0] as unknown;
	expect(inner).toBe('***');
});
