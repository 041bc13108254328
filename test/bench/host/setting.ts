import type { SandboxAddress } from '../../../sandbox/server';
import type { N8nInstallation } from '../../../tools/n8n/install';
import type { WorkflowDefinition } from '../../../tools/n8n/workflow';

/** What a real n8n of the bench needs of the stage that it stands on. */
export interface Setting {
	readonly n8n: N8nInstallation;
	/** N8N_USER_FOLDER with the package in it. */
	readonly userFolder: string;
	/** Of the partners. */
	readonly address: SandboxAddress;
	/** A committed workflow, sent to these partners. */
	workflow(name: string, replace?: Record<string, string>): Promise<WorkflowDefinition>;
}
