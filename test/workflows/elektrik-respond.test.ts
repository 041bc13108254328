import type { IDataObject } from 'n8n-workflow';
import { readRespondMessage } from '../../nodes/Elektrik/server/exchange';
import { runNode, type NodeOutcome, type NodeRun, type TriggerBefore } from './engine';

const WAITING: TriggerBefore = {
	node: 'elektrikTrigger',
	parameters: { responseMode: 'responseNode' },
	item: { json: { action: 'user.check' } },
};

async function respond(
	parameters: IDataObject,
	input: NonNullable<NodeRun['input']> = [{}],
	settings: NodeRun['settings'] = {},
	more: Partial<NodeRun> = {},
): Promise<NodeOutcome> {
	return await runNode({
		node: 'elektrik',
		parameters: { resource: 'request', operation: 'respond', ...parameters },
		// It hashes nothing: this operation has no uid.
		credentials: {},
		input,
		settings,
		trigger: WAITING,
		...more,
	});
}

/** What the trigger reads of it, in whatever process. */
function checkOf({ responses }: NodeOutcome): unknown {
	expect(responses).toEqual([{ body: expect.any(Object), headers: {}, statusCode: 200 }]);
	const [{ body }] = responses as [{ body: unknown }];
	return readRespondMessage(JSON.parse(JSON.stringify(body)));
}

describe('request.respond', () => {
	it.each<[IDataObject, unknown]>([
		[
			{ exist: true, points: 12.5 },
			{ exist: true, points: 12.5 },
		],
		[
			{ exist: true, points: 0 },
			{ exist: true, points: 0 },
		],
		[{ exist: false }, { exist: false }],
		[
			{ exist: '={{ $json.known }}', points: '={{ $json.bonus }}' },
			{ exist: true, points: 7 },
		],
	])('gives the trigger the answer: %j', async (parameters, check) => {
		const input = [{ known: true, bonus: '7' }, { known: false }];
		const outcome = await respond(parameters, input);
		expect(outcome.error).toBeUndefined();
		expect(checkOf(outcome)).toEqual(check);
		expect(outcome.items).toEqual(input.map((json, item) => ({ json, pairedItem: { item } })));
	});

	it.each<[IDataObject, string]>([
		[{ exist: true, points: '={{ $json.none }}' }, "The field 'Points' (points) is missing"],
		[{ exist: true }, "The field 'Points' (points) is missing"],
		[{}, "The field 'Points' (points) is missing"],
		[{ exist: true, points: -1 }, "The field 'Points' (points) must be a number, 0 or more"],
		[{ exist: '={{ "maybe" }}', points: 1 }, "The field 'Exists' (exist) must be true or false"],
	])('refuses %j and answers nothing', async (parameters, message) => {
		const { error, responses } = await respond(parameters);
		expect(error?.message).toBe(message);
		expect(responses).toEqual([]);
	});

	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'puts its error in place of its items when it fails and the node says %s',
		async (onError) => {
			const input = [{ points: 7 }, { points: 8 }];
			const { items, errors } = await respond({ exist: true, points: -1 }, input, { onError });
			const [wanted, other] = onError === 'continueErrorOutput' ? [errors, items] : [items, errors];
			expect(wanted.map(({ json }) => json.error)).toEqual(
				Array(2).fill("The field 'Points' (points) must be a number, 0 or more"),
			);
			expect(other).toEqual([]);
		},
	);
});
