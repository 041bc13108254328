import type { IHookFunctions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';
import { InputError } from '../errors';
import { titleOf } from '../fields';

const DEFAULT_DEADLINE_SECONDS = 25;
const MAX_DEADLINE_SECONDS = 3_600;

/** Who may send, by address. */
export function allowedAddressesOption(description: string): INodeProperties {
	return {
		displayName: 'Allowed IP Addresses',
		name: 'allowedIps',
		type: 'string',
		default: '',
		placeholder: 'e.g. 203.0.113.7, 198.51.100.0/24',
		description,
	};
}

/**
 * The "Options" collection of a trigger that reads the body itself. n8n leaves a body alone when
 * `options.binaryData` is set: otherwise it answers malformed JSON itself.
 */
export function triggerOptionsField(...own: readonly INodeProperties[]): INodeProperties {
	const bodyAsItCame: INodeProperties = {
		displayName: 'Body as It Came',
		name: 'binaryData',
		type: 'hidden',
		default: true,
	};
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: { binaryData: true },
		options: [...own, bodyAsItCame].sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

/** After how many seconds the caller is answered with an error. */
export function deadlineField(description: string): INodeProperties {
	return {
		displayName: 'Deadline (Seconds)',
		name: 'deadline',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_DEADLINE_SECONDS },
		default: DEFAULT_DEADLINE_SECONDS,
		description,
	};
}

/**
 * @returns milliseconds
 * @throws InputError for a deadline that makes no sense
 */
export function readDeadline(node: IWebhookFunctions | IHookFunctions): number {
	const seconds = Number(node.getNodeParameter('deadline', DEFAULT_DEADLINE_SECONDS));
	if (seconds >= 1 && seconds <= MAX_DEADLINE_SECONDS) return seconds * 1000;
	const title = titleOf([deadlineField('')], 'deadline');
	throw new InputError(`The field ${title} must be a number from 1 to ${MAX_DEADLINE_SECONDS}`);
}

/** Where the answer comes from. */
export type ResponseMode = 'lastNode' | 'responseNode';

/** The choice of a {@link ResponseMode}. */
export function responseModeField(texts: {
	/** The title of our node, whose operation Respond may answer. */
	node: string;
	lastNode: string;
	description: string;
}): INodeProperties {
	return {
		displayName: 'Respond',
		name: 'responseMode',
		type: 'options',
		options: [
			{ name: 'When Last Node Finishes', value: 'lastNode', description: texts.lastNode },
			{
				name: `Using ${texts.node}'s 'Respond' Operation`,
				value: 'responseNode',
				description: `An ${texts.node} node with “Request: Respond” gives the answer`,
			},
		],
		default: 'lastNode',
		description: texts.description,
	};
}
