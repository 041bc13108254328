import type { IExecutionContext, IWebhookFunctions } from 'n8n-workflow';
import type { StartingTrigger } from '../../../nodes/shared/webhook';
import { refuseLateAnswer, testDeadline } from '../../../nodes/shared/webhook/starting-trigger';

const webhook = (mode: string) => ({ getMode: () => mode }) as unknown as IWebhookFunctions;

/** Respond in an execution that began so many milliseconds ago. */
const begun = (ago: number) => ({
	getExecutionContext: () => ({ establishedAt: Date.now() - ago }) as IExecutionContext,
});

/** A trigger that got its request so many milliseconds ago. */
function triggerOf(mode: string, ago: number, deadline: number): StartingTrigger {
	const marks = testDeadline(webhook(mode), deadline - ago);
	return { name: 'Orders arrive', parameters: {}, item: { json: {}, ...marks } };
}

describe('in a test', () => {
	it('an answer after the deadline is refused, with what to do', () => {
		expect(() => refuseLateAnswer(begun(1_990), triggerOf('manual', 2_000, 1_000))).toThrow(
			expect.objectContaining({
				message: 'The response was too late: "Orders arrive" had already responded with an error',
				description:
					'Make the workflow faster, or raise the field \'Deadline (Seconds)\' (deadline) in "Orders arrive".',
			}),
		);
	});

	it.each<[string, Parameters<typeof refuseLateAnswer>]>([
		['before the deadline', [begun(500), triggerOf('manual', 510, 1_000)]],
		['of another execution', [begun(500), triggerOf('manual', 2_000, 1_000)]],
		['where n8n does not tell when it began', [{}, triggerOf('manual', 2_000, 1_000)]],
		[
			'to a trigger that has not run',
			[begun(5), { ...triggerOf('manual', 9, 1), item: undefined }],
		],
	])('an answer is taken %s', (_, [node, trigger]) => {
		expect(() => refuseLateAnswer(node, trigger)).not.toThrow();
	});
});

it('behind the production URL what follows a late answer runs', () => {
	expect(testDeadline(webhook('webhook'), 1_000)).toEqual({});
	const trigger = triggerOf('webhook', 2_000, 1_000);
	expect(() => refuseLateAnswer(begun(1_990), trigger)).not.toThrow();
});
