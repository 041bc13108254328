import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { LOCKED_IN_REDIS, OPERATION_SUBTITLE } from '../shared/fields';
import {
	getColumns,
	getFields,
	getModules,
	searchAccounts,
	searchContacts,
	searchDocuments,
	searchFolders,
	searchRecords,
} from './actions/pickers';
import { properties, router } from './actions/router';
import { clientRightApiTest } from './client/credential-test';

/** Shows the Redis credential in operations with locks, once the user stores them in Redis. */
const FOR_LOCKS = { show: { ...LOCKED_IN_REDIS, operation: ['replace', 'upsert'] } };

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
		description:
			'Store clients, companies, projects and any other records in the ClientRight CRM, and get their files',
		builderHint: {
			searchHint:
				'For a claim take contact.upsert (gives contactId) and account.upsert (gives accountId), then project.create with contactId and the accountId as offenderId. To register a client with files as a web form of the CRM does, take webForm.submit. For records of any module (vtiger: leads, contacts, tasks) take the resource record; for files of a record take document, for the files of GetFilesList take file. The node logs in by itself: session.logIn is not needed before other operations.',
		},
		defaults: { name: 'ClientRight' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'clientRightApi', required: true, testedBy: 'clientRightApiTest' },
			// eslint-disable-next-line @n8n/community-nodes/no-credential-reuse, @n8n/community-nodes/valid-credential-references, n8n-nodes-base/node-class-description-credentials-name-unsuffixed -- n8n's own credential for Redis: users of queue mode have it
			{ name: 'redis', required: true, displayOptions: FOR_LOCKS },
		],
		sensitiveOutputFields: ['sessionName', 'result.sessionName', 'result.sessionId'],
		properties,
	};

	methods = {
		credentialTest: { clientRightApiTest },
		listSearch: {
			searchAccounts,
			searchContacts,
			searchDocuments,
			searchFolders,
			searchRecords,
		},
		loadOptions: { getFields, getModules },
		resourceMapping: { getColumns },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await router(this)];
	}
}
