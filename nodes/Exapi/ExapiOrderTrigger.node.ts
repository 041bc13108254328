import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { orderTriggerFields, pollForOrders } from './polling/poll';

/** The affiliate's side of exapi: an order that changes in the CRM starts a workflow. */
export class ExapiOrderTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Exapi Order Trigger',
		name: 'exapiOrderTrigger',
		icon: { light: 'file:../../icons/exapi.svg', dark: 'file:../../icons/exapi.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["event"].replace(/[A-Z]/g, " $&").replace(/^./, (first) => first.toUpperCase()) }}',
		description:
			'For partners of a CRM: starts the workflow when an order changes there, or is approved',
		eventTriggerDescription: '',
		builderHint: {
			searchHint:
				'After a restart the latest orders come again: let a Remove Duplicates node follow that compares eventId with previous executions.',
		},
		defaults: { name: 'Exapi Order Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'exapiApi', required: true, testedBy: 'exapiApiTest' }],
		properties: orderTriggerFields,
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollForOrders(this);
	}
}
