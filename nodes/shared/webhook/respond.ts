import { randomUUID } from 'node:crypto';
import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	IWebhookFunctions,
	NodeHint,
} from 'n8n-workflow';
import { InputError, toNodeError } from '../errors';
import { failAllItems, losesErrors, nodesAfter, passThrough } from '../items';
import { LAST_NODE_OPTION, RESPOND_FIELD, respondOption, type ResponseMode } from './fields';
import {
	hasPendingNodes,
	refuseLateAnswer,
	startingTrigger,
	type StartingTrigger,
} from './starting-trigger';

/**
 * The property in which a trigger adds a random key to the item that it emits, and in which the operation
 * Respond returns the key with its response. An item of the last node may contain data from a partner;
 * without this key it is not treated as a response of Respond.
 */
export const ANSWER_KEY = 'answerKey';

/**
 * Creates the key of one request.
 *
 * @returns `undefined` if no Respond can pass on a response; then the item has no key
 */
export function createAnswerKey(
	node: IWebhookFunctions,
	service: RespondingService,
	responseMode: ResponseMode,
): string | undefined {
	if (responseMode !== 'lastNode') return undefined;
	return respondNodesAfter(node, service).length > 0 ? randomUUID() : undefined;
}

/**
 * Returns the item of the last node, if Respond passed it on with the key of this request.
 *
 * @param body the items of the last node, as n8n writes them
 */
export function handedOnItem(body: unknown, key: string | undefined): unknown {
	if (key === undefined || !Array.isArray(body) || body.length !== 1) return undefined;
	const [item] = body as unknown[];
	const given = typeof item === 'object' && item !== null && (item as Record<string, unknown>);
	return given && given[ANSWER_KEY] === key ? given : undefined;
}

/**
 * Logs a warning about settings that cannot work, when a workflow is published: a Respond followed by other
 * nodes while the trigger sends the response of the last node, and a trigger that waits for a Respond that
 * does not exist.
 */
export function warnAboutRespond(
	node: IHookFunctions,
	service: RespondingService,
	responseMode: ResponseMode,
): void {
	const { name } = node.getNode();
	const warn = (problem: string) => {
		node.logger.warn(`${name}: ${problem}`);
	};
	const after = respondNodesAfter(node, service);
	const option = respondOption(service.nodeTitle);
	if (responseMode === 'responseNode') {
		if (after.length === 0) {
			warn(
				`the field "${RESPOND_FIELD}" is "${option}", but no node with "Request: Respond" follows: every request gets an error. Add one, or choose "${LAST_NODE_OPTION}".`,
			);
		}
		return;
	}
	for (const respond of after.filter(({ isFollowed }) => isFollowed)) {
		warn(
			`"${respond.name}" fails when it runs: the field "${RESPOND_FIELD}" of the trigger is "${LAST_NODE_OPTION}", and other nodes follow it. Set the field to "${option}", or make "${respond.name}" the last node.`,
		);
	}
}

interface RespondNode {
	name: string;
	/** Whether other nodes follow it. */
	isFollowed: boolean;
}

type TellsFollowers = Pick<IWebhookFunctions, 'getNode' | 'getChildNodes'>;
type RespondSearch = Pick<TellsFollowers, 'getNode'> & Partial<TellsFollowers>;

function tellsFollowers(node: RespondSearch): node is TellsFollowers {
	return node.getChildNodes !== undefined;
}

/** Finds the enabled nodes after a trigger that have the operation Respond. */
function respondNodesAfter(
	node: RespondSearch,
	{ node: respondType }: RespondingService,
): RespondNode[] {
	// Without the following nodes, a response that is passed on is not recognized.
	if (!tellsFollowers(node)) return [];
	const followers = (name: string) => nodesAfter(node, name);
	return followers(node.getNode().name)
		.filter(
			({ disabled, type, parameters }) =>
				!disabled &&
				type.split('.').at(-1) === respondType &&
				parameters?.resource === 'request' &&
				parameters.operation === 'respond',
		)
		.map(({ name }) => ({
			name,
			isFollowed: followers(name).some(({ disabled }) => !disabled),
		}));
}

/** The names of a service's trigger and node in n8n and in the editor. */
export interface RespondingService {
	/** The name of the node with the operation Respond, such as `exapi`. */
	node: string;
	/** The name of the trigger, such as `exapiTrigger`. */
	trigger: string;
	/** The display name of the trigger. */
	triggerTitle: string;
	/** The display name of the node with the operation Respond. */
	nodeTitle: string;
}

/**
 * Runs the operation Respond: passes a response to the trigger that started this execution, through n8n's
 * `sendResponse` if the trigger waits for it, or else as the only item of the last node. n8n ignores
 * `sendResponse` silently if a trigger sends the response of the last node.
 *
 * @param readMessage reads the response with the mark for the trigger
 * @returns the output of the node
 * @throws NodeOperationError when the trigger would not receive the response, or too late in a test
 */
export async function runRespond(
	node: IExecuteFunctions,
	service: RespondingService,
	readMessage: (trigger: StartingTrigger) => IDataObject,
): Promise<INodeExecutionData[]> {
	const trigger = startingTrigger(node, service.trigger);
	const mode = trigger && responseModeOf(node, trigger);
	try {
		if (!trigger) throw notAwaited(service);
		refuseLateAnswer(node, trigger);
		const message = readMessage(trigger);
		if (mode === 'lastNode') return handOn(node, service, trigger, message);
		await node.sendResponse({ body: message, headers: {}, statusCode: 200 });
		return passThrough(node.getInputData());
	} catch (error) {
		// Without an item from the last node, the trigger would respond that nothing was found.
		if (mode === 'lastNode' && losesErrors(node)) throw toNodeError(node.getNode(), error, 0);
		return failAllItems(node, error);
	}
}

function notAwaited({ triggerTitle }: RespondingService): InputError {
	return new InputError(
		`No ${triggerTitle} is waiting for this response`,
		`The operation Respond responds to the request that started the execution, so it works only in a workflow that an ${triggerTitle} started. In a sub-workflow, return the values and respond in the workflow of the trigger.`,
	);
}

function handOn(
	node: IExecuteFunctions,
	{ nodeTitle }: RespondingService,
	trigger: StartingTrigger,
	message: IDataObject,
): INodeExecutionData[] {
	if (!isLastNode(node)) {
		throw new InputError(
			`The response would be lost: "${trigger.name}" sends what the last node returns, and this is not the last node`,
			`In "${trigger.name}" set the field "${RESPOND_FIELD}" to "${respondOption(nodeTitle)}", or let no other node run after this one.`,
		);
	}
	const key = trigger.item?.[ANSWER_KEY];
	const json = typeof key === 'string' ? { ...message, [ANSWER_KEY]: key } : message;
	return [{ json, pairedItem: { item: 0 } }];
}

function responseModeOf(node: IExecuteFunctions, { parameters }: StartingTrigger): ResponseMode {
	const { responseMode } = parameters;
	const value =
		typeof responseMode === 'string' && responseMode.startsWith('=')
			? node.evaluateExpression(responseMode.slice(1), 0)
			: responseMode;
	return value === 'responseNode' ? 'responseNode' : 'lastNode';
}

/** Whether no enabled node follows. Disabled nodes pass items through. */
function isLastNode(node: IExecuteFunctions): boolean {
	const followers = nodesAfter(node, node.getNode().name);
	return followers.every(({ disabled }) => disabled) && !hasPendingNodes(node);
}

/**
 * Returns the hints that the editor shows in a trigger's output after a run. The response is known only
 * after the run has ended, and n8n shows the run as successful, so the hint says where to find the cause of
 * a rejected response.
 */
export function runHints({ nodeTitle }: RespondingService): NodeHint[] {
	const respond = `'${nodeTitle} › Request: Respond'`;
	const where =
		'For test requests, the response gives the reason. For requests to the production URL, n8n’s log does.';
	return [
		hint(
			'lastNode',
			`n8n shows a run as successful even if the last node returned no valid response, or returned it too late. ${where} With ${respond} as the last node, that node fails and gives the reason.`,
		),
		hint(
			'responseNode',
			`n8n shows a run as successful even if no ${respond} ran, or ran too late. ${where}`,
		),
	];
}

function hint(mode: ResponseMode, message: string): NodeHint {
	return {
		message,
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'afterExecution',
		displayCondition: `={{ $parameter["responseMode"] === "${mode}" }}`,
	};
}
