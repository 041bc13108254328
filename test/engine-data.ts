import type * as N8nCore from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';

const UNUSED_ADDRESS = 'http://127.0.0.1/unused';

/**
 * What n8n's engine wants beside a workflow that runs by hand, on its own.
 *
 * @param core the engine that it is for
 * @param credentials by type
 */
export function engineData(
	core: Pick<typeof N8nCore, 'ExecutionLifecycleHooks'>,
	workflow: Workflow,
	executionId: string,
	credentials: Readonly<Record<string, IDataObject>>,
): IWorkflowExecuteAdditionalData {
	const hooks = new core.ExecutionLifecycleHooks('manual', executionId, {
		id: workflow.id,
		name: workflow.id,
		active: false,
		activeVersionId: null,
		isArchived: false,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: Object.values(workflow.nodes),
		connections: workflow.connectionsBySourceNode,
	});
	return {
		executionId,
		hooks,
		credentialsHelper: {
			getParentTypes: () => [],
			isCredentialUsableByNode: () => true,
			getDecrypted: async (_data: unknown, _details: unknown, type: string) =>
				await Promise.resolve(credentials[type] as ICredentialDataDecryptedObject),
			getCredentialsProperties: () => [],
		},
		currentNodeExecutionIndex: 0,
		restApiUrl: UNUSED_ADDRESS,
		instanceBaseUrl: UNUSED_ADDRESS,
		webhookBaseUrl: UNUSED_ADDRESS,
		webhookWaitingBaseUrl: UNUSED_ADDRESS,
		formWaitingBaseUrl: UNUSED_ADDRESS,
		variables: {},
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
		// The engine asks for no more when a workflow runs on its own.
	} as unknown as IWorkflowExecuteAdditionalData;
}
