import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { OPERATION_SUBTITLE } from '../shared/fields';
import { properties, router } from './actions/router';
import { exapiApiTest } from './client/credential-test';

/** The affiliate's side of exapi: sends orders to a CRM and asks for their statuses. */
export class Exapi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Exapi',
		name: 'exapi',
		icon: { light: 'file:../../icons/exapi.svg', dark: 'file:../../icons/exapi.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: OPERATION_SUBTITLE,
		description:
			'For partners of a CRM: send orders to it and read their statuses over exapi, a signed JSON-RPC protocol',
		builderHint: {
			searchHint:
				'For many orders set dataMode to autoMapInputData and rename fields before this node, instead of an expression for each field. Never put it into a loop: it sends all input items itself. Do not repeat a failed order.create without order.getStatus: the CRM may have the order.',
		},
		defaults: { name: 'Exapi' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'exapiApi',
				required: true,
				testedBy: 'exapiApiTest',
				displayOptions: { hide: { operation: ['respond'] } },
			},
		],
		properties,
	};

	methods = { credentialTest: { exapiApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await router(this)];
	}
}
