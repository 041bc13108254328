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
	[new Exapi(), { resource: 'order', operation: 'create' }, 'create: order'],
	[new Exapi(), { resource: 'order', operation: 'getAll' }, 'get many: order'],
	[new Exapi(), { resource: 'order', operation: 'getStatusChanges' }, 'get status changes: order'],
	[new ClientRight(), { resource: 'contact', operation: 'upsert' }, 'create or update: contact'],
	[new ClientRight(), { resource: 'session', operation: 'logIn' }, 'log in: session'],
	[new Elektrik(), { resource: 'user', operation: 'updatePoints' }, 'update points: user'],
	[new ExapiOrderTrigger(), { event: 'statusChanged' }, 'status changed'],
])('the canvas says in words what a node does: %#', (type, parameters, subtitle) => {
	expect(subtitleOf(type, parameters)).toBe(subtitle);
});
