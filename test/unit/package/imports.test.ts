import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const NODES = join(__dirname, '..', '..', '..', 'nodes');

/** The files of a folder, relative to `nodes`, with what each imports of ours. */
function importsIn(folder: string): Array<[file: string, imported: string[]]> {
	return readdirSync(join(NODES, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => {
			const file = join(folder, name);
			const source = readFileSync(join(NODES, file), 'utf8');
			const imported = [...source.matchAll(/ from '(\.[^']*)'/g)].map(([, path = '']) =>
				relative(NODES, join(NODES, dirname(file), path)),
			);
			return [file, imported];
		});
}

const WIRE = join('shared', 'wire');

describe.each(['Exapi/protocol', 'Elektrik/protocol', 'ClientRight/wire', 'shared/wire'])(
	'nodes/%s',
	(folder) => {
		it('imports nothing of ours but shared/wire', () => {
			const files = importsIn(folder);
			expect(files.length).toBeGreaterThan(2);
			const foreign = files.flatMap(([file, imported]) =>
				imported
					.filter(
						(path) =>
							!path.startsWith(join(folder)) && path !== WIRE && !path.startsWith(WIRE + sep),
					)
					.map((path) => `${file} imports ${path}`),
			);
			expect(foreign).toEqual([]);
		});
	},
);
