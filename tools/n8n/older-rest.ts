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

	/** Its triggers listen when the call is answered; there is no status to ask for. */
	override async activate(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
	}

	override async deactivate(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/deactivate`, {});
	}

	protected override async startWorkflow(
		id: string,
		trigger: string,
	): Promise<{ executionId?: string }> {
		return await this.call('POST', `/workflows/${id}/run`, {
			// As the editor sends it: n8n fails at the answer of a webhook that has none.
			workflowData: { ...(await this.workflow(id)), pinData: {} },
			triggerToStartFrom: { name: trigger },
		});
	}
}
