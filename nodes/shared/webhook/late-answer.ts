import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { InputError } from '../errors';
import { fieldLabel } from '../fields';
import { deadlineField } from './fields';
import { isTestUrl } from './send';
import type { StartingTrigger } from './respond';

/**
 * The name under which a trigger puts beside the item of a test request, as a number of Unix
 * milliseconds, when it answers at the latest.
 */
const ANSWER_BY = 'answerBy';

/**
 * What a trigger puts beside the item that it emits, so that the operation Respond can tell whoever
 * tries the workflow that its answer came too late. Nothing for a request at the production URL:
 * what follows a late Respond there is to run.
 *
 * @param deadline in milliseconds from now
 */
export function testDeadline(
	node: IWebhookFunctions,
	deadline: number,
): Partial<Record<typeof ANSWER_BY, number>> {
	return isTestUrl(node) ? { [ANSWER_BY]: Date.now() + deadline } : {};
}

/**
 * An execution that began after the deadline is another one: in the editor a person runs a part of
 * a workflow with the item of an earlier test.
 *
 * @throws InputError in a test, when the trigger has answered already because it was time
 */
export function refuseLateAnswer(
	node: Partial<Pick<IExecuteFunctions, 'getExecutionContext'>>,
	{ name, item }: StartingTrigger,
): void {
	const answerBy = item?.[ANSWER_BY];
	if (typeof answerBy !== 'number' || Date.now() <= answerBy) return;
	const begun = node.getExecutionContext?.()?.establishedAt;
	if (begun === undefined || begun > answerBy) return;
	const title = fieldLabel([deadlineField('')], 'deadline');
	throw new InputError(
		`The answer came too late: "${name}" had answered with an error before`,
		`Make the workflow faster, or raise the field ${title} in "${name}".`,
	);
}
