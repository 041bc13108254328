import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import manifest from '../../../package.json';
import { anchorsOf, CHECKOUT, linksOf, markdownFiles, readMarkdown } from './markdown';

const HOME = manifest.homepage.replace(/#.*/, '');

/** What is wrong with a target within the checkout, if anything. */
function problemWith(file: string, anchor = ''): string | undefined {
	const path = join(CHECKOUT, file);
	if (!existsSync(path)) return `${file} does not exist`;
	if (anchor === '') return undefined;
	if (!file.endsWith('.md')) return `${file} has no anchors`;
	return anchorsOf(readMarkdown(file)).has(anchor) ? undefined : `${file} has no #${anchor}`;
}

function problemsIn(from: string, targets: readonly string[]): string[] {
	return targets
		.filter((target) => !/^[a-z][a-z\d+.-]*:/i.test(target))
		.flatMap((target) => {
			const [file = '', anchor = ''] = decodeURI(target).split('#');
			const path = file === '' ? from : normalize(join(dirname(from), file));
			return problemWith(path, anchor) ?? [];
		});
}

/** Addresses of pages of this project, in what n8n shows of nodes and credentials. */
function ownAddressesIn(folder: string): string[] {
	return readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
		.map((name) => join(CHECKOUT, folder, name))
		.filter((file) => statSync(file).isFile())
		.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/https:\/\/github\.com[^\s'"]+/g)])
		.map(([address]) => address)
		.filter((address) => address.startsWith(HOME));
}

describe('links', () => {
	it.each(markdownFiles().map((file) => [file.path, file] as const))(
		'of %s lead to files and headings that are there',
		(path, file) => {
			expect(problemsIn(path, linksOf(file))).toEqual([]);
		},
	);

	it.each(['nodes', 'credentials'])(
		'in the editor, from %s, lead to pages that are there',
		(folder) => {
			const addresses = ownAddressesIn(folder);
			const problems = addresses.map((address) => {
				const [, file = '', anchor] = /\/blob\/main\/([^#]+)#?(.*)$/.exec(address) ?? [];
				return file === '' ? `${address} is no page` : problemWith(file, anchor);
			});
			expect(addresses).not.toEqual([]);
			expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
		},
	);
});
