import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	dataModeFields,
	definedBelow,
	isRawOutput,
	lockNotice,
	readRunOptions,
	shownFor,
} from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import { chosenOrder } from '../../../shared/redis/order';
import { updatePoints as send } from '../../client/portal';
import { readPoints } from '../../protocol';
import {
	electricianFields,
	type ElektrikOperation,
	type ElektrikRun,
	inputOf,
	outputField,
	phoneHashOf,
	withInputErrors,
	writeOptionsField,
} from '../operation';

interface Update {
	phoneHash: string;
	points: number;
}

const NAMES = ['phone', 'phoneHash', 'points'];

const points: INodeProperties = {
	displayName: 'Points',
	name: 'points',
	type: 'number',
	typeOptions: { minValue: 0 },
	// No default of 0: it would remove an electrician's points although no user entered it.
	default: '',
	required: true,
	description: 'Current point balance (бонусы) of the electrician, not the number of points added',
};

/** `user.updatePoints`: sends the point balances of electricians to the portal. */
export const updatePoints: ElektrikOperation = {
	fields: shownFor('user', 'updatePoints', [
		lockNotice('of two updates for one phone, the older one may be the last to arrive'),
		...dataModeFields({ required: ['phone or phoneHash', 'points'] }),
		...electricianFields,
		definedBelow(points),
		outputField,
		writeOptionsField,
	]),

	async execute(run) {
		const input = inputOf(run, NAMES);
		const { timeout, concurrency } = readRunOptions(run.parameter);
		const raw = isRawOutput(run.parameter);
		const { url, uid } = run.credential;
		const order = await chosenOrder(run.node, run.parameter, { secret: uid, timeout });
		return await runItems<Update>(
			run.node,
			{
				isWrite: true,
				// An update sets a value, so a repeated one changes nothing.
				isRepeatable: true,
				prepare: (item) => readUpdate(run, input(item)),
				key: ({ phoneHash }) => phoneHash,
				scope: `elektrik ${url}`,
				order,
				carryOut: async (update, signal, turn) => {
					const options = { timeout, signal, beforeEach: async () => await turn?.confirm() };
					const answer = await send(run.send, run.credential, update, options);
					if (raw) return [answer as IDataObject];
					return [{ phoneHash: update.phoneHash, points: update.points, updated: true }];
				},
			},
			concurrency,
		);
	},
};

function readUpdate(run: ElektrikRun, values: IDataObject): Update {
	return withInputErrors(run.fields, () => ({
		phoneHash: phoneHashOf(values, run.credential.uid),
		points: readPoints(values.points),
	}));
}
