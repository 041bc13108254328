import fc from 'fast-check';
import { decodeEntities, openEnvelope } from '../../../nodes/ClientRight/wire/envelope';
import {
	ownFileAddress,
	readFiles,
	readRecordId,
	ResultError,
} from '../../../nodes/ClientRight/wire/results';
import {
	ACCOUNT_FIELDS,
	CONTACT_FIELDS,
	FieldError,
	mobileKey,
	PROJECT_FIELDS,
	writeFields,
} from '../../../nodes/ClientRight/wire/records';
import { pageExcerpt } from '../../../nodes/ClientRight/client/exchange';
import { harmless } from './harmless';
import { anything, broken, json, LARGE_RUNS, pumped, RUNS } from './hostile';

const SECRET = 'never-to-be-seen-7d1f';
const answers = [
	'{"success":true,"result":"12x83859"}',
	`<br />\n<b>Warning</b>: x in <b>a.php</b>\n{ "success" : false,"error":{"code":"A","message":"б"}}`,
	`<html><head><script>x("</b>")</script><style>a{}</style></head><body>Hello &amp; bye</body></html>`,
	`sessionName: ${SECRET} token => "${SECRET}"`,
];
const TOKENS = [
	'{',
	'{"success":',
	'{ "success" :',
	'"',
	'\\',
	'<',
	'>',
	'<script',
	'<script>',
	'</script>',
	'<style ',
	'<b>',
	'&',
	'&amp;',
	'&#',
	'token',
	'token:',
	'sessionid = ',
	' ',
	'\n',
	'=',
	"'",
	'0',
];

describe('an answer', () => {
	const open = (text: string) => {
		harmless(text, () => openEnvelope(text));
		harmless(text, () => decodeEntities(text));
		harmless(text, () => expect(pageExcerpt(text, [SECRET])).not.toContain(SECRET));
	};

	it('is handled if it is broken', () => {
		fc.assert(fc.property(broken(answers, TOKENS), open), RUNS);
	});

	it('is handled if it is huge', () => {
		fc.assert(fc.property(pumped(answers, TOKENS), open), LARGE_RUNS);
	});

	it('is handled with any JSON', () => {
		const listed = fc.oneof(json, fc.array(json)).map((files) => ({ files }));
		fc.assert(
			fc.property(fc.oneof(json, listed), (value) => {
				harmless(value, () => readFiles('GetFilesList', value), ResultError);
				harmless(value, () => readRecordId('CreateContact', value), ResultError);
				open(JSON.stringify({ success: value, result: value, error: value }));
				open(JSON.stringify({ success: false, error: value }));
			}),
			RUNS,
		);
	});
});

describe('what a user enters', () => {
	const rules = { timeZone: 'Europe/Moscow', validateChecksums: true, normalizeMobile: true };
	const tables = [CONTACT_FIELDS, ACCOUNT_FIELDS, PROJECT_FIELDS];

	it('for a record is written as text, or is an error that names a field', () => {
		const typed = broken(
			['+7 (900) 000-00-01', '1986-11-15', '2026-01-31T15:30:00+03:00', '7707083893', '1500.50'],
			['0', '9', '+', '-', ':', '.', ' ', 'T', '\u0660', '\u0000', 'да'],
		);
		fc.assert(
			fc.property(fc.constantFrom(...tables), anything, typed, (table, value, text) => {
				for (const name of Object.keys(table)) {
					// Alone, so that no other field is refused first.
					const one = { [name]: { ...table[name]! } };
					for (const given of [value, text]) {
						harmless(
							given,
							() => {
								const written = writeFields(one, { [name]: given }, rules);
								for (const field of Object.values(written)) expect(typeof field).toBe('string');
							},
							FieldError,
						);
					}
				}
				harmless(text, () => mobileKey(text));
			}),
			{ ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 10) },
		);
	});

	it('for a file leads only into the CRM, or is an error', () => {
		const url = 'https://crm.example.com/vtiger/webservice.php';
		const paths = ['storage/2026/a b.pdf', 'https://crm.example.com/vtiger/x', '//evil.example/x'];
		const pieces = [
			'../',
			'..%2f',
			'%2e%2e/',
			'\\',
			'@',
			':',
			'//',
			'http:',
			'?',
			'#',
			'%',
			'\t',
			'\ud800',
		];
		const lead = (path: string) => {
			harmless(
				path,
				() => {
					const address = ownFileAddress(path, url);
					expect(address.startsWith('https://crm.example.com/vtiger/')).toBe(true);
				},
				FieldError,
			);
		};
		fc.assert(fc.property(broken(paths, pieces), lead), RUNS);
		fc.assert(fc.property(pumped(paths, pieces), lead), LARGE_RUNS);
	});
});
