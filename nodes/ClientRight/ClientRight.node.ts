import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { OPERATION_SUBTITLE } from '../shared/fields';
import { properties, router } from './actions/router';
import { clientRightApiTest } from './client/credential-test';

/** A client of the ClientRight CRM, a vtiger with operations of its own (docs/protocols/clientright.md). */
export class ClientRight implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClientRight',
		name: 'clientRight',
		icon: {
			light: 'file:../../icons/clientright.svg',
			dark: 'file:../../icons/clientright.dark.svg',
		},
		group: ['output'],
		version: 1,
		subtitle: OPERATION_SUBTITLE,
		description: 'Store clients, companies and projects in the ClientRight CRM and get their files',
		builderHint: {
			searchHint:
				'For a claim take contact.upsert (gives contactId) and account.upsert (gives accountId), then project.create with contactId and the accountId as offenderId. The node logs in by itself: session.logIn is not needed before other operations.',
		},
		defaults: { name: 'ClientRight' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'clientRightApi', required: true, testedBy: 'clientRightApiTest' }],
		sensitiveOutputFields: ['sessionName', 'result.sessionName', 'result.sessionId'],
		properties,
	};

	methods = { credentialTest: { clientRightApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await router(this)];
	}
}
