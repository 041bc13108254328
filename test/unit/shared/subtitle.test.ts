import { Workflow, type INode, type INodeType, type INodeTypes } from 'n8n-workflow';
import { ClientRight } from '../../../nodes/ClientRight/ClientRight.node';
import { Elektrik } from '../../../nodes/Elektrik/Elektrik.node';
import { Exapi } from '../../../nodes/Exapi/Exapi.node';
import { ExapiOrderTrigger } from '../../../nodes/Exapi/ExapiOrderTrigger.node';

/** As n8n's editor makes the line below a node. */
function subtitleOf(type: INodeType, parameters: INode['parameters']): unknown {
	const node: INode = {
		id: '1',
		name: 'Node',
		type: 'type',
		typeVersion: 1,
		position: [0, 0],
		parameters,
	};
	const nodeTypes = { getByNameAndVersion: () => type } as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	return workflow.expression.getSimpleParameterValue(
		node,
		type.description.subtitle,
		'internal',
		{},
		undefined,
		'no subtitle',
	);
}

it.each<[INodeType, INode['parameters'], string]>([
	[new Exapi(), { resource: 'order', operation: 'create' }, 'Create: Order'],
	[new Exapi(), { resource: 'order', operation: 'getAll' }, 'Get Many: Order'],
	[new Exapi(), { resource: 'order', operation: 'getStatusChanges' }, 'Get Status Changes: Order'],
	[new ClientRight(), { resource: 'contact', operation: 'upsert' }, 'Create or Update: Contact'],
	[new ClientRight(), { resource: 'session', operation: 'logIn' }, 'Log In: Session'],
	[new ClientRight(), { resource: 'webForm', operation: 'submit' }, 'Submit: Web Form'],
	[new Elektrik(), { resource: 'user', operation: 'updatePoints' }, 'Update Points: User'],
	[new ExapiOrderTrigger(), { event: 'statusChanged' }, 'Status Changed'],
])('the canvas says in words what a node does: %#', (type, parameters, subtitle) => {
	expect(subtitleOf(type, parameters)).toBe(subtitle);
});
