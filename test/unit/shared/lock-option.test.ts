import { NodeHelpers, type INodeTypeDescription } from 'n8n-workflow';
import { ClientRight } from '../../../nodes/ClientRight/ClientRight.node';
import { Elektrik } from '../../../nodes/Elektrik/Elektrik.node';

const NODES = [new ClientRight().description, new Elektrik().description];

/** Operations that have the option, as `clientRight contact.upsert`. */
const WITH_LOCK = [
	'clientRight account.upsert',
	'clientRight contact.upsert',
	'clientRight document.replace',
	'clientRight file.replace',
	'clientRight record.upsert',
	'elektrik user.updatePoints',
];

function operationsOf({ name, properties }: INodeTypeDescription): string[] {
	return properties
		.filter((field) => field.name === 'operation')
		.flatMap(({ options = [], displayOptions }) =>
			options.map((option) => {
				const [resource] = (displayOptions?.show?.resource ?? []) as string[];
				return `${name} ${resource ?? ''}.${'value' in option ? String(option.value) : ''}`;
			}),
		);
}

/** What the editor shows of an operation whose options hold this lock. */
function shown(operation: string, lock: string | undefined) {
	const [nodeName, path = ''] = operation.split(' ');
	const [resource = '', name = ''] = path.split('.');
	const description = NODES.find((node) => node.name === nodeName)!;
	const values = { resource, operation: name, options: lock === undefined ? {} : { lock } };
	const isShown = (part: Parameters<typeof NodeHelpers.displayParameter>[1]) =>
		NodeHelpers.displayParameter(values, part, null, description);
	const fields = description.properties.filter(isShown);
	const options = fields.find((field) => field.name === 'options')?.options ?? [];
	return {
		hasOption: options.some((option) => option.name === 'lock'),
		hasNotice: fields.some((field) => field.name === 'lockNotice'),
		asksForRedis: description.credentials!.some((one) => one.name === 'redis' && isShown(one)),
	};
}

it.each(NODES.flatMap(operationsOf))('%s has the option if it has locks', (operation) => {
	expect(shown(operation, undefined).hasOption).toBe(WITH_LOCK.includes(operation));
});

it.each(WITH_LOCK)('%s warns of other processes until the locks are in Redis', (operation) => {
	for (const lock of [undefined, 'memory']) {
		expect(shown(operation, lock)).toMatchObject({ hasNotice: true, asksForRedis: false });
	}
	expect(shown(operation, 'redis')).toMatchObject({ hasNotice: false, asksForRedis: true });
});

it.each(NODES.flatMap(operationsOf).filter((operation) => !WITH_LOCK.includes(operation)))(
	'%s never asks for Redis, whatever is left in its options',
	(operation) => {
		expect(shown(operation, 'redis').asksForRedis).toBe(false);
	},
);
