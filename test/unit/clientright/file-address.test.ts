import fc from 'fast-check';
import { fileAddress, ownFileAddress } from '../../../nodes/ClientRight/wire/results';

const URL_OF_CRM = 'https://crm.example.com/vt/webservice.php';

describe('the address of a file', () => {
	it.each([
		['storage/2023/December/week4/9e84.pdf', 'storage/2023/December/week4/9e84.pdf'],
		['/storage/a.pdf', 'storage/a.pdf'],
		[
			'storage/5_договор #1?.pdf',
			'storage/5_%D0%B4%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%231%3F.pdf',
		],
		['storage/50%25.pdf', 'storage/50%2525.pdf'],
		['storage/\ud800.pdf', 'storage/%EF%BF%BD.pdf'],
	])('%s is within the folder of webservice.php', (path, relative) => {
		expect(ownFileAddress(path, URL_OF_CRM)).toBe(`https://crm.example.com/vt/${relative}`);
	});

	it('is kept when the path is a whole address', () => {
		const url = 'https://files.example.com/1.pdf';
		expect(fileAddress(url, URL_OF_CRM)).toBe(url);
		const own = 'https://crm.example.com/vt/storage/1.pdf';
		expect(ownFileAddress(own, URL_OF_CRM)).toBe(own);
	});

	it.each([
		'',
		'../config.inc.php',
		'storage/../../x',
		'storage/%2e%2e/%2E%2E/x',
		'storage\\..\\..\\x',
		'https://elsewhere.example.com/vt/1.pdf',
		'https://crm.example.com/other/1.pdf',
		'https://crm.example.com/vt/../other/1.pdf',
		'http://crm.example.com/vt/1.pdf',
		'https://user:word@crm.example.com/vt/1.pdf',
		'https://@@@crm.example.com/vt/1.pdf',
		'file:///etc/passwd',
		'javascript:alert(1)',
	])('is refused for %j', (path) => {
		expect(() => ownFileAddress(path, URL_OF_CRM)).toThrow(/^(is missing|must )/);
	});

	it('never leads out of the CRM', () => {
		const part = fc.constantFrom(
			'..',
			'.',
			'',
			'/',
			'\\',
			'%2e%2e',
			'@',
			':',
			'https:',
			'x',
			'?',
			'#',
			'%',
		);
		fc.assert(
			fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
				let address: string;
				try {
					address = ownFileAddress(parts.join('/'), URL_OF_CRM);
				} catch {
					return;
				}
				expect(address).toMatch(/^https:\/\/crm\.example\.com\/vt\//);
			}),
		);
	});
});
