import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import type { N8nInstallation } from '../../../tools/n8n/install';

/** What the figures were measured on, a line each. */
export function describeMachine(n8n: N8nInstallation): string[] {
	const [cpu] = cpus();
	const gigabytes = Math.round(totalmem() / 1024 ** 3);
	// Without the name of a build, which says nothing to others.
	const [kernel = ''] = release().split('-');
	const nodeVersion = execFileSync(n8n.node, ['--version']).toString().trim();
	return [
		`${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${gigabytes} GB, ${type()} ${kernel}`,
		`n8n ${n8n.version} on Node.js ${nodeVersion.slice(1)}; the bench itself on ${process.versions.node}`,
		`${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
	];
}
