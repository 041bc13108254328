import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../errors';
import type { ParameterReader } from '../items';

/** The option that says which processes wait for each other's writes about one record. */
export const lockOption: INodeProperties = {
	displayName: 'Lock Records In',
	name: 'lock',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Memory',
			value: 'memory',
			description: 'In the memory of this n8n process, which does not wait for others',
		},
		{
			name: 'Redis',
			value: 'redis',
			description:
				'Shared by all n8n processes, for queue mode. If Redis is unavailable, nothing is sent.',
		},
	],
	default: 'memory',
	description:
		"Where to hold the locks that make items and executions about the same record wait for each other. In queue mode choose Redis, in every workflow that writes these records. Defaults to 'Memory'.",
};

/** In which parts of a node's parameters n8n asks for the credential for Redis. */
export const LOCKED_IN_REDIS = { '/options.lock': ['redis'] };

/** Tells, until the lock is in Redis, what two n8n processes can do to one record. */
export function lockNotice(consequence: string): INodeProperties {
	return {
		displayName: `In queue mode, n8n processes do not wait for each other: ${consequence}. To prevent this, add the option <b>Lock Records In</b> and choose Redis.`,
		name: 'lockNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: LOCKED_IN_REDIS },
	};
}

/** @throws InputError for a value that is not in the list: taking it for the default would make duplicates */
export function isLockedInRedis(parameter: ParameterReader): boolean {
	const value = parameter(`options.${lockOption.name}`, 0, lockOption.default);
	if (value === 'redis' || value === 'memory') return value === 'redis';
	throw new InputError(
		'The option "Lock Records In" (lock) must be "memory" or "redis"',
		'Choose a value from the list.',
	);
}
