import * as n8nWorkflow from 'n8n-workflow';
import type { IHookFunctions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';
import { InputError, toNodeError } from '../errors';
import { fieldLabel } from '../fields';
import type { WaitingLimits } from './body';

/** The properties of a webhook's description that have the value of the node parameter with the same name. */
interface FromParameters {
	path: string;
	responseMode: string;
}

/** Functions that n8n before 2.40 does not have. */
const { fromParameter, webhookDescriptionFields } = n8nWorkflow as Partial<typeof n8nWorkflow>;

/**
 * Returns the properties of a webhook that have the values of its node's parameters: expressions for the
 * editor and, if n8n supports it, functions for the server, which would otherwise evaluate the expressions
 * for each request.
 *
 * @param names the names of the parameters and of the properties
 */
export function fromParameters<Name extends keyof FromParameters>(
	...names: Name[]
): Pick<FromParameters, Name> {
	if (fromParameter && webhookDescriptionFields) {
		const fields = names.map((name) => [name, fromParameter(name)]);
		return webhookDescriptionFields(
			Object.fromEntries(fields) as Parameters<typeof webhookDescriptionFields>[0],
		) as unknown as Pick<FromParameters, Name>;
	}
	const templates = names.map((name) => [name, `={{$parameter["${name}"]}}`]);
	return Object.fromEntries(templates) as Pick<FromParameters, Name>;
}

type WebhookMethod = (this: IHookFunctions) => Promise<boolean>;

/**
 * Returns the webhook methods of a trigger whose URL needs no registration at the partner. They only
 * validate the settings when the workflow is published.
 *
 * @param check throws when the trigger could not handle a request
 */
export function validateOnPublish(check: (hook: IHookFunctions) => Promise<void>): {
	default: Record<'checkExists' | 'create' | 'delete', WebhookMethod>;
} {
	return {
		default: {
			async checkExists() {
				return await Promise.resolve(false);
			},
			async create() {
				try {
					await check(this);
				} catch (error) {
					throw toNodeError(this.getNode(), error, 0);
				}
				return true;
			},
			async delete() {
				return await Promise.resolve(true);
			},
		},
	};
}

const DEFAULT_DEADLINE_SECONDS = 25;
const MAX_DEADLINE_SECONDS = 3_600;

/** Returns the option with the addresses that may send requests. */
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

const MAX_WAITING = 1_000_000;

/** The options for the limits of unfinished requests, see {@link WaitingLimits}. */
export const waitingOptions: readonly INodeProperties[] = [
	{
		displayName: 'Max Unfinished Requests',
		name: 'maxUnfinished',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_WAITING },
		default: 512,
		description:
			'How many requests, from all senders together, may have bodies that have not arrived yet. The connection of any further request is closed. Defaults to 512.',
	},
	{
		displayName: 'Max Unfinished Requests per Network',
		name: 'maxUnfinishedPerNetwork',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_WAITING },
		default: 32,
		description:
			'The same limit for one IPv4 address or one IPv6 /64 network. Behind a proxy, set N8N_PROXY_HOPS, or all requests share the address of the proxy. Defaults to 32.',
	},
];

/** Reads {@link waitingOptions}. @throws InputError for a value that is not a number within the limits */
export function readWaitingLimits(options: object): WaitingLimits {
	const [total, perNetwork] = waitingOptions.map((field) => {
		const { [field.name]: chosen = field.default } = options as Record<string, unknown>;
		const number = Number(chosen);
		if (number >= 1 && number <= MAX_WAITING) return number;
		throw new InputError(
			`The field ${fieldLabel(waitingOptions, field.name)} must be a number from 1 to ${MAX_WAITING}`,
		);
	});
	return { total: total!, perNetwork: perNetwork! };
}

/**
 * Returns the "Options" collection of a trigger that reads the body itself. n8n does not parse the body if
 * `options.binaryData` is set; otherwise it would respond to malformed JSON itself.
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
		placeholder: 'Add Option',
		default: { binaryData: true },
		options: [...own, bodyAsItCame].sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

/** Returns the field for the seconds after which the caller gets an error. */
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
 * Reads {@link deadlineField}.
 *
 * @returns milliseconds
 * @throws InputError for a deadline outside of its limits
 */
export function readDeadline(node: IWebhookFunctions | IHookFunctions): number {
	const seconds = Number(node.getNodeParameter('deadline', DEFAULT_DEADLINE_SECONDS));
	if (seconds >= 1 && seconds <= MAX_DEADLINE_SECONDS) return seconds * 1000;
	const title = fieldLabel([deadlineField('')], 'deadline');
	throw new InputError(`The field ${title} must be a number from 1 to ${MAX_DEADLINE_SECONDS}`);
}

/** Which node provides the response. */
export type ResponseMode = 'lastNode' | 'responseNode';

/** The label of the field that chooses a {@link ResponseMode}. */
export const RESPOND_FIELD = 'Respond';

/** The label of the mode in which the last node provides the response. */
export const LAST_NODE_OPTION = 'When Last Node Finishes';

/**
 * Returns the label of the mode in which the operation Respond provides the response.
 *
 * @param node the display name of our node
 */
export function respondOption(node: string): string {
	return `Using ${node}'s 'Respond' Operation`;
}

/** Returns the field for a {@link ResponseMode}. */
export function responseModeField(texts: {
	/** The display name of our node with the operation Respond. */
	node: string;
	lastNode: string;
	description: string;
}): INodeProperties {
	return {
		displayName: RESPOND_FIELD,
		name: 'responseMode',
		type: 'options',
		options: [
			{ name: LAST_NODE_OPTION, value: 'lastNode', description: texts.lastNode },
			{
				name: respondOption(texts.node),
				value: 'responseNode',
				description: `An ${texts.node} node with 'Request: Respond' provides the response`,
			},
		],
		default: 'lastNode',
		description: texts.description,
	};
}

/** Returns a notice of the operation Respond about the setting of the trigger. */
export function respondNotice(node: string): INodeProperties {
	return {
		displayName: `Set <b>${RESPOND_FIELD}</b> of the trigger to <b>${respondOption(node)}</b>. With <b>${LAST_NODE_OPTION}</b>, this must be the last node that runs.`,
		name: 'respondNotice',
		type: 'notice',
		default: '',
	};
}
