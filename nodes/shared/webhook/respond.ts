import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { InputError, toNodeError } from '../errors';
import { failTogether, losesErrors, passOn } from '../items';
import { ANSWER_KEY } from './answer-key';
import { respondOption, RESPOND_FIELD, type ResponseMode } from './fields';
import { hasPendingNodes, startingTrigger, type StartingTrigger } from './starting-trigger';
import { refuseLateAnswer } from './late-answer';

/** The names of a service's trigger and node, as n8n and the editor know them. */
export interface RespondingService {
	/** n8n's name of the node with the operation Respond, such as `exapi`. */
	node: string;
	/** n8n's name of the trigger, such as `exapiTrigger`. */
	trigger: string;
	/** The trigger's name in the editor. */
	triggerTitle: string;
	/** The name of the node with the operation Respond in the editor. */
	nodeTitle: string;
}

/**
 * Runs the operation Respond: gives an answer to the trigger that started this execution, through
 * n8n's `sendResponse` when the trigger waits for that, else as the only item of the last node. n8n
 * drops `sendResponse` without a word when a trigger answers with the last node.
 *
 * @param readMessage reads the answer, marked for the trigger; the trigger comes in
 * @returns the output of the node
 * @throws NodeOperationError when the trigger would not get the answer, or in a test too late
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
		return passOn(node.getInputData());
	} catch (error) {
		// Without an item from the last node a trigger would answer that there is nothing.
		if (mode === 'lastNode' && losesErrors(node)) throw toNodeError(node.getNode(), error, 0);
		return failTogether(node, error);
	}
}

function notAwaited({ triggerTitle }: RespondingService): InputError {
	return new InputError(
		`No ${triggerTitle} waits for this answer`,
		`The operation Respond answers the request that started the execution, so it works only in a workflow that an ${triggerTitle} started. In a sub-workflow, return the values and respond in the workflow of the trigger.`,
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
			`The answer would be lost: "${trigger.name}" answers with what the last node returns, and this is not the last node`,
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

/** Nodes that are disabled pass items through, so they may follow. */
function isLastNode(node: IExecuteFunctions): boolean {
	const followers = node.getChildNodes(node.getNode().name);
	return followers.every(({ disabled }) => disabled) && !hasPendingNodes(node);
}
