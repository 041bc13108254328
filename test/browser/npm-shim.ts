import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';

/**
 * Puts a tarball in the place of a package of the public npm registry, for an n8n that installs it
 * through its Community Nodes screen. n8n asks another registry only with an enterprise licence
 * (`N8N_COMMUNITY_PACKAGES_REGISTRY`, "Custom npm registry"), so what stands in is the program `npm`
 * that n8n runs: `view` and `pack` of this one package are answered from the tarball, everything
 * else, the installation of its dependencies first of all, is left to the real npm.
 *
 * @param folder made when missing
 * @returns PATH for n8n, with the stand-in first
 */
export async function npmWithTarball(
	folder: string,
	{ name, version }: { name: string; version: string },
	tarball: string,
	path: string,
): Promise<string> {
	await mkdir(folder, { recursive: true });
	const program = join(folder, 'npm');
	await writeFile(
		program,
		`#!/bin/sh
case "$1 $2" in
	"view ${name}@"*) echo '"${version}"' ;;
	"pack ${name}@"*) cp '${tarball}' . && echo '${basename(tarball)}' ;;
	*) PATH='${path}' exec npm "$@" ;;
esac
`,
	);
	await chmod(program, 0o755);
	return [folder, path].join(delimiter);
}
