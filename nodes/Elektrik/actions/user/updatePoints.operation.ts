import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { PartnerError } from '../../../shared/errors';
import {
	dataModeFields,
	definedBelow,
	isRawWanted,
	readRunOptions,
	shownFor,
} from '../../../shared/fields';
import { recall, runItems } from '../../../shared/items';
import { readPoints } from '../../protocol';
import { updatePoints as send } from '../../transport/portal';
import { checked } from '../checked';
import { electricianFields, inputOf, phoneHashOf } from '../electrician';
import type { ElektrikOperation, ElektrikRun } from '../operation';
import { optionsField, outputField } from '../options';

interface Update {
	position: number;
	phoneHash: string;
	points: number;
}

const NAMES = ['phone', 'phoneHash', 'points'];

const points: INodeProperties = {
	displayName: 'Points',
	name: 'points',
	type: 'number',
	typeOptions: { minValue: 0 },
	// Not 0: a 0 that nobody gave would take an electrician's points away.
	default: '',
	required: true,
	description: 'How many points (бонусы) the electrician has now, not how many were added',
};

/** `user.updatePoints`: tells the portal how many points electricians have. */
export const updatePoints: ElektrikOperation = {
	fields: shownFor('user', 'updatePoints', [
		...dataModeFields({ required: ['phone or phoneHash', 'points'] }),
		...electricianFields,
		definedBelow(points),
		outputField,
		optionsField,
	]),

	async execute(run) {
		const input = inputOf(run, NAMES);
		const { timeout, concurrency } = readRunOptions(run.parameter);
		const raw = isRawWanted(run.parameter);
		const superseding = new Superseding(run);
		return await runItems<Update>(
			run.node,
			{
				isWrite: true,
				// It sets a value: the same update a second time changes nothing.
				isRepeatable: true,
				prepare: (position) => superseding.add(readUpdate(run, input(position), position)),
				key: ({ phoneHash }) => phoneHash,
				carryOut: async (update, signal) => {
					superseding.check(update);
					const answer = await send(run.send, run.credential, update, { timeout, signal });
					if (raw) return [answer as IDataObject];
					return [{ phoneHash: update.phoneHash, points: update.points, updated: true }];
				},
			},
			concurrency,
		);
	},
};

function readUpdate(run: ElektrikRun, values: IDataObject, position: number): Update {
	return checked(run.fields, () => ({
		position,
		phoneHash: phoneHashOf(values, run.credential.uid),
		points: readPoints(values.points),
	}));
}

/**
 * Keeps an older value from following a newer one. n8n tries a node again that went on after an
 * error: then an update may come up whose successor for the same phone was carried out before.
 */
class Superseding {
	private readonly latest = new Map<string, number[]>();
	private readonly carriedOut: ReadonlyMap<number, unknown>;

	constructor({ node }: ElektrikRun) {
		this.carriedOut = recall(node).values;
	}

	add(update: Update): Update {
		const positions = this.latest.get(update.phoneHash);
		if (positions) positions.push(update.position);
		else this.latest.set(update.phoneHash, [update.position]);
		return update;
	}

	/** @throws PartnerError when a later item has already set the phone's points */
	check({ phoneHash, position }: Update): void {
		const later = this.latest.get(phoneHash) ?? [];
		if (!later.some((other) => other > position && this.carriedOut.has(other))) return;
		throw new PartnerError('Not sent, because a later item has already set this phone’s points', {
			outcome: 'notSent',
			description:
				'An earlier attempt of this node carried it out. The portal has the newer value.',
		});
	}
}
