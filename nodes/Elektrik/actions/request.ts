import type { INodeProperties } from 'n8n-workflow';
import { shownFor, toolNotice } from '../../shared/fields';
import type { LocalOperation } from '../../shared/items';
import { respondNotice, runRespond } from '../../shared/webhook';
import { ElektrikInputError, readPoints, readYesNo, type UserCheck } from '../protocol';
import { ELEKTRIK_RESPOND, writeRespondMessage } from '../server/answer';
import { withInputErrors } from './operation';

const fields: INodeProperties[] = [
	toolNotice('it responds to the request that started the workflow, within that workflow'),
	respondNotice(ELEKTRIK_RESPOND.nodeTitle),
	{
		displayName: 'Exists',
		name: 'exist',
		type: 'boolean',
		default: true,
		description:
			'Whether you know the electrician. Only the first input item counts, because a check has one response.',
	},
	{
		displayName: 'Points',
		name: 'points',
		type: 'number',
		typeOptions: { minValue: 0 },
		// Not 0: a 0 that nobody gave would tell the portal that there are no points.
		default: '',
		required: true,
		displayOptions: { hide: { exist: [false] } },
		description: 'Point balance (бонусы) of the electrician',
	},
];

/** `request.respond`: gives the Elektrik.ru Trigger the answer, which it sends as the portal asked. */
export const respond: LocalOperation = {
	fields: shownFor('request', 'respond', fields),

	async executeLocally(node) {
		return await runRespond(node, ELEKTRIK_RESPOND, () =>
			writeRespondMessage(
				withInputErrors(fields, () =>
					readCheck(node.getNodeParameter('exist', 0), () => node.getNodeParameter('points', 0)),
				),
			),
		);
	},
};

/** A request has one answer: that of the first item. */
function readCheck(value: unknown, readPointsValue: () => unknown): UserCheck {
	const exist = readYesNo(value);
	if (exist === undefined) throw new ElektrikInputError('exist', 'must be true or false');
	return exist ? { exist, points: readPoints(readPointsValue()) } : { exist };
}

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['request'] } },
	options: [
		{
			name: 'Respond',
			value: 'respond',
			action: 'Respond to check',
			description: 'Respond to check that an Elektrik.ru Trigger received',
		},
	],
	default: 'respond',
};

export const requestOperations = { respond };

export const requestFields: INodeProperties[] = [operationField, ...respond.fields];
