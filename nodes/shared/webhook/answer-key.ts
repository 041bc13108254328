import { randomUUID } from 'node:crypto';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { LAST_NODE_OPTION, RESPOND_FIELD, respondOption, type ResponseMode } from './fields';
import type { RespondingService } from './respond';

/**
 * The name under which a trigger puts a random key beside the item that it emits, and under which
 * the operation Respond hands the key back with its answer. Whatever a partner sends may come out of
 * the last node as an item; without this key none of it is taken for an answer of Respond.
 */
export const ANSWER_KEY = 'answerKey';

/**
 * Makes the key of one request.
 *
 * @returns `undefined` when no Respond can hand an answer on: the item stays as it is then
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
 * The item in what the last node gave, if Respond handed it on with the key of this request.
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
 * Warns in n8n's log of what can never answer, when a workflow is published: a Respond that other
 * nodes follow while the trigger answers with the last node, and a trigger that waits for a Respond
 * that is not there.
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

type RespondSearch = Pick<IWebhookFunctions, 'getNode'> &
	Partial<Pick<IWebhookFunctions, 'getChildNodes'>>;

/** The enabled nodes after a trigger whose operation is Respond. */
function respondNodesAfter(
	node: RespondSearch,
	{ node: respondType }: RespondingService,
): RespondNode[] {
	// Where n8n does not tell what follows, an answer that is handed on is not recognized.
	if (!node.getChildNodes) return [];
	const followers = node.getChildNodes.bind(node);
	return followers(node.getNode().name, { includeNodeParameters: true })
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
