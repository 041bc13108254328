import type { CredentialTestResult, StoredWorkflow } from './rest';
import { N8nRest } from './rest';
import type { CredentialDefinition, WorkflowDefinition } from './workflow';

/** A client to an n8n of before version 2, whose internal API wants more: seen in 1.123.81. */
export class OlderN8nRest extends N8nRest {
	/** Only stored credentials can be tested: it is stored, and removed again. */
	override async testCredential(
		credential: Omit<CredentialDefinition, 'id'>,
	): Promise<CredentialTestResult> {
		const id = await this.createCredential(credential);
		try {
			return await this.call('POST', '/credentials/test', { credentials: { id, ...credential } });
		} finally {
			await this.call('DELETE', `/credentials/${id}`);
		}
	}

	override async createWorkflow(workflow: WorkflowDefinition): Promise<StoredWorkflow> {
		return await super.createWorkflow({ active: false, ...workflow });
	}

	/** There is one version of a workflow, and it is switched on and off. */
	override async activate(id: string): Promise<void> {
		await this.call('PATCH', `/workflows/${id}`, { active: true });
	}

	override async deactivate(id: string): Promise<void> {
		await this.call('PATCH', `/workflows/${id}`, { active: false });
	}

	protected override async startWorkflow(
		id: string,
		trigger: string,
	): Promise<{ executionId?: string }> {
		return await this.call('POST', `/workflows/${id}/run`, {
			workflowData: await this.workflow(id),
			triggerToStartFrom: { name: trigger },
		});
	}
}
