import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

/** An operation that sends nothing and needs no credential. */
export interface LocalOperation {
	fields: INodeProperties[];
	executeLocally(node: IExecuteFunctions): Promise<INodeExecutionData[]>;
}

/** The operations of a node: by resource, then by name. */
export type Operations<Operation> = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/**
 * The operation that a node is set to. Resource and operation take no expressions, so they are the
 * same for every item.
 *
 * @throws NodeOperationError for one that does not exist, as a workflow of another version may name
 */
export function chosenOperation<Operation>(
	node: IExecuteFunctions,
	operations: Operations<Operation>,
): Operation {
	const resource = node.getNodeParameter('resource', 0);
	const name = node.getNodeParameter('operation', 0);
	const operation = operations[resource]?.[name];
	if (operation) return operation;
	throw new NodeOperationError(node.getNode(), `There is no operation "${resource}.${name}"`);
}
