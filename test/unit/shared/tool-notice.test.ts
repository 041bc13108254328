import { NodeHelpers, type INodeType } from 'n8n-workflow';
import { ClientRight } from '../../../nodes/ClientRight/ClientRight.node';
import { Elektrik } from '../../../nodes/Elektrik/Elektrik.node';
import { Exapi } from '../../../nodes/Exapi/Exapi.node';

/** Whether n8n shows the notice; it adds "Tool" to the name of a node that an agent uses. */
function isWarned({ description }: INodeType, asTool: boolean, operation: string): boolean {
	const [resource = '', name = ''] = operation.split('.');
	const used = asTool ? { ...description, name: `${description.name}Tool` } : description;
	return description.properties
		.filter((property) => property.name === 'toolNotice')
		.some((notice) =>
			NodeHelpers.displayParameter({ resource, operation: name }, notice, { typeVersion: 1 }, used),
		);
}

it.each<[INodeType, string, boolean]>([
	[new ClientRight(), 'session.logIn', true],
	[new ClientRight(), 'operation.call', true],
	[new ClientRight(), 'contact.upsert', false],
	[new Elektrik(), 'phone.hash', true],
	[new Elektrik(), 'request.respond', true],
	[new Elektrik(), 'user.find', true],
	[new Elektrik(), 'user.updatePoints', false],
	[new Exapi(), 'request.respond', true],
	[new Exapi(), 'order.getStatus', false],
])('who gives an agent the operation is warned: %# %s', (node, operation, expected) => {
	expect(isWarned(node, true, operation)).toBe(expected);
	expect(isWarned(node, false, operation)).toBe(false);
});
