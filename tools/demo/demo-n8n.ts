import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxAddress } from '../../sandbox/server';
import { checkoutFolder } from '../n8n/checkout';
import { installN8n } from '../n8n/install';
import { N8nInstance } from '../n8n/instance';
import { installPackage, packPackage } from '../n8n/package';
import type { Progress } from '../n8n/progress';
import type { CredentialDefinition, WorkflowDefinition } from '../n8n/workflow';
import {
	planExamples,
	readFingerprints,
	saveFingerprints,
	type KeptExamples,
} from './example-plan';
import type { Example } from './story';

export interface DemoOptions {
	sandbox: SandboxAddress;
	stories: readonly Example[];
	/** n8n's folder; what users make in it stays. */
	userFolder: string;
	/** Another folder of n8n whose packages are copied; default: the package is packed and installed again. */
	packageFrom?: string;
	/** Default: a free one. */
	port?: number;
	env?: Record<string, string>;
	progress: Progress;
}

/**
 * A real n8n with our package in it, installed from its tarball as users install it, and with the
 * stories' workflows and credentials. It is not started yet.
 */
export async function prepareN8n(options: DemoOptions): Promise<N8nInstance> {
	const { userFolder, stories, sandbox, progress } = options;
	const n8n = await installN8n({ progress });
	if (options.packageFrom === undefined) {
		progress('Packing the package and installing it into n8n, as n8n does');
		await installFromTarball(userFolder);
	} else await cp(options.packageFrom, userFolder, { recursive: true });
	const instance = new N8nInstance({
		n8n,
		userFolder,
		timeZone: 'Europe/Moscow',
		...(options.port === undefined ? {} : { port: options.port }),
		...(options.env === undefined ? {} : { env: options.env }),
	});
	if (stories.length > 0) await writeExamples(instance, stories, sandbox, progress);
	return instance;
}

/**
 * Writes the examples' workflows and credentials into an n8n that is stopped, except for those that
 * a user edited or deleted since an earlier start wrote them.
 *
 * @returns the workflows and credentials that were not written
 */
export async function writeExamples(
	n8n: N8nInstance,
	examples: readonly Example[],
	sandbox: SandboxAddress,
	progress: Progress,
): Promise<KeptExamples> {
	const credentials = withoutDoubles(examples.flatMap((each) => each.credentials(sandbox)));
	const workflows = await Promise.all(
		examples.map(async ({ workflow }) => withCredentials(await readExample(workflow), credentials)),
	);
	const written = await readFingerprints(n8n.userFolder);
	// Each command of n8n takes seconds; a folder without either file is new.
	const isNew = written === undefined && !existsSync(databaseOf(n8n.userFolder));
	if (!isNew) progress('Looking for workflows and credentials that you edited');
	const credentialPlan = planExamples(
		credentials,
		isNew ? [] : await n8n.exportCredentials(),
		written ?? {},
	);
	const workflowPlan = planExamples(
		workflows,
		isNew ? [] : await n8n.exportWorkflows(),
		written ?? {},
	);
	progress('Importing credentials and example workflows');
	if (credentialPlan.write.length > 0) {
		await n8n.importCredentials(credentialPlan.write);
		await saveFingerprints(n8n.userFolder, credentialPlan.write);
	}
	if (workflowPlan.write.length > 0) {
		await n8n.importWorkflows(workflowPlan.write);
		await saveFingerprints(n8n.userFolder, workflowPlan.write);
	}
	return { workflows: workflowPlan.kept, credentials: credentialPlan.kept };
}

function databaseOf(userFolder: string): string {
	return join(userFolder, '.n8n', 'database.sqlite');
}

/** Several examples use the same credential. */
function withoutDoubles(credentials: readonly CredentialDefinition[]): CredentialDefinition[] {
	return [...new Map(credentials.map((credential) => [credential.id, credential])).values()];
}

async function installFromTarball(userFolder: string): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'partner-exchange-pack-'));
	try {
		await installPackage(await packPackage(checkoutFolder(), folder), userFolder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** @param file name of a file in examples/ */
export async function readExample(file: string): Promise<WorkflowDefinition & { id: string }> {
	const text = await readFile(join(checkoutFolder(), 'examples', file), 'utf8');
	return JSON.parse(text) as WorkflowDefinition & { id: string };
}

/** Shared workflows name no credentials; each node gets the one of its type. */
export function withCredentials(
	workflow: WorkflowDefinition,
	credentials: readonly CredentialDefinition[],
): WorkflowDefinition {
	return {
		...workflow,
		nodes: workflow.nodes.map((node) => {
			const ours = credentials.filter(({ type }) => CREDENTIALS_OF[node.type]?.includes(type));
			if (ours.length === 0) return node;
			const entries = ours.map(({ type, id, name }) => [type, { id, name }]);
			return {
				...node,
				credentials: Object.fromEntries(entries) as Record<string, { id: string; name: string }>,
			};
		}),
	};
}

const CREDENTIALS_OF: Record<string, string[]> = {
	'n8n-nodes-base.ftp': ['sftp'],
	'n8n-nodes-base.postgres': ['postgres'],
	'n8n-nodes-partner-exchange.clientRight': ['clientRightApi'],
	'n8n-nodes-partner-exchange.elektrik': ['elektrikApi'],
	'n8n-nodes-partner-exchange.elektrikTrigger': ['elektrikApi'],
	'n8n-nodes-partner-exchange.exapi': ['exapiApi'],
	'n8n-nodes-partner-exchange.exapiOrderTrigger': ['exapiApi'],
	'n8n-nodes-partner-exchange.exapiTrigger': ['exapiPartnersApi'],
};
