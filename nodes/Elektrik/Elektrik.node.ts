import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { LOCKED_IN_REDIS, OPERATION_SUBTITLE } from '../shared/fields';
import { properties, router } from './actions/router';
import { elektrikApiTest } from './client/portal';

/** Shows the Redis credential in operations with locks, once the user stores them in Redis. */
const FOR_LOCKS = {
	show: LOCKED_IN_REDIS,
	hide: { resource: ['phone', 'request'], operation: ['check', 'find'] },
};

/** A distributor's side of the loyalty portal Elektrik.ru (docs/protocols/elektrik.md). */
export class Elektrik implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Elektrik.ru',
		name: 'elektrik',
		icon: { light: 'file:../../icons/elektrik.svg', dark: 'file:../../icons/elektrik.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: OPERATION_SUBTITLE,
		description:
			'For distributors: report points of electricians to the loyalty portal Elektrik.ru',
		builderHint: {
			searchHint:
				'user.updatePoints sets how many points an electrician has, it does not add any. To answer an Elektrik.ru Trigger out of a table use user.find, which looks through all input items by phone hash.',
		},
		defaults: { name: 'Elektrik.ru' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'elektrikApi',
				required: true,
				testedBy: 'elektrikApiTest',
				displayOptions: { hide: { resource: ['request'] } },
			},
			// eslint-disable-next-line @n8n/community-nodes/no-credential-reuse, @n8n/community-nodes/valid-credential-references, n8n-nodes-base/node-class-description-credentials-name-unsuffixed -- n8n's own credential for Redis: users of queue mode have it
			{ name: 'redis', required: true, displayOptions: FOR_LOCKS },
		],
		properties,
	};

	methods = { credentialTest: { elektrikApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await router(this)];
	}
}
