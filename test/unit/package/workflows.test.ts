import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', '..', '.github', 'workflows');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

/** The jobs of a workflow, as their text by name. */
function jobsOf(name: string): Map<string, string> {
	const [, jobs = ''] = read(name).split(/^jobs:\n/m);
	const pieces = jobs.split(/^ {2}(?=[\w-]+:$)/m).slice(1);
	return new Map(pieces.map((piece) => [piece.split(':')[0]!, piece]));
}

/** The rights that a text gives, as `name: level`. */
function rightsIn(text: string): string[] {
	const [, rights = ''] = /^ *permissions:\n((?: +(?:#.*|[\w-]+: \w+)\n)+)/m.exec(text) ?? [];
	return [...rights.matchAll(/^ +([\w-]+: \w+)$/gm)].map(([, right = '']) => right);
}

describe.each(readdirSync(FOLDER))('%s', (name) => {
	it('pins each action by its commit, and names the version beside it', () => {
		const uses = [...read(name).matchAll(/uses: (.+)/g)].map(([, used = '']) => used);
		expect(uses).not.toEqual([]);
		for (const used of uses) {
			expect(used).toMatch(/^(\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
		}
	});

	it('holds no secret and no address of a registry', () => {
		expect(read(name)).not.toMatch(/secrets\.|registry|_TOKEN: (?!\$\{\{ github\.token \}\})/);
	});
});

describe('the publication', () => {
	const jobs = jobsOf('publish.yml');
	const publish = jobs.get('publish') ?? '';

	it('builds and tests in jobs that may only read', () => {
		expect(read('publish.yml')).toMatch(/^permissions: \{\}$/m);
		expect(rightsIn(jobs.get('test') ?? '')).toEqual(['contents: read']);
		expect(rightsIn(jobs.get('build') ?? '')).toEqual(['contents: read']);
		expect(jobs.get('build')).toContain('persist-credentials: false');
	});

	it('publishes in a job that may prove who it is, and nothing else', () => {
		expect(rightsIn(publish)).toEqual(['id-token: write']);
		const others = [...jobs].filter(([name]) => name !== 'publish');
		for (const [, job] of others) expect(job).not.toContain('id-token');
	});

	it('publishes the tarball that was built, and runs nothing of it', () => {
		expect(publish).toContain('actions/download-artifact@');
		expect(publish).not.toMatch(/actions\/checkout|npm (ci|install|run|pack)/);
		const commands = [...publish.matchAll(/- run: (.+)/g)].map(([, command]) => command);
		expect(commands).toEqual([
			'npm publish --ignore-scripts --access public ./n8n-nodes-partner-exchange-*.tgz',
		]);
	});
});
