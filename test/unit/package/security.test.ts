import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const page = read('SECURITY.md');

/** Each test that SECURITY.md names, as file and title. */
const named = [...page.matchAll(/`(test\/\S+\.test\.ts) › ([^`]+)`/g)].map(
	([, file = '', title = '']): [string, string] => [file, title],
);

it('each group of threats names tests', () => {
	const [, threats = ''] = page.split('## Threats, and what holds against them');
	const groups = threats.split('\n## ')[0]!.split('\n### ').slice(1);
	expect(groups.length).toBeGreaterThanOrEqual(10);
	for (const group of groups) expect(group).toMatch(/`test\/\S+ › /);
	// None that is written in another way would be looked for.
	expect(named).toHaveLength([...page.matchAll(/test\//g)].length);
});

it.each(named)('%s has “%s”', (file, title) => {
	const quoted = [`'${title}'`, `\`${title}\``, `"${title}"`];
	const source = read(file);
	const at = quoted.map((text) => source.indexOf(text)).find((index) => index >= 0);
	expect(at).toBeDefined();
	expect(source.slice(0, at)).not.toMatch(/\.(skip|todo|failing)\b[^;]{0,80}$/);
});

it('each package that is installed with ours is named, and no other', () => {
	const { dependencies } = JSON.parse(read('package.json')) as {
		dependencies: Record<string, string>;
	};
	const [, trusted = ''] = page.split('## What is trusted');
	const packages = [...trusted.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
	expect(packages.sort()).toEqual(Object.keys(dependencies).sort());
});
