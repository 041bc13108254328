import type { INodeProperties } from 'n8n-workflow';
import type { ParameterReader } from '../items';

const AUTO_MAP = 'autoMapInputData';

/** Properties that an input item must, and those that it may have. */
export interface AutoMapped {
	required: readonly string[];
	optional?: readonly string[];
}

/**
 * The choice between fields in the node and properties of the input items. The latter evaluates no
 * expression, which is what makes many items quick.
 *
 * @param names what is taken from an item, for the notice
 */
export function dataModeFields(names: AutoMapped): INodeProperties[] {
	return [
		{
			displayName: 'Data Mode',
			name: 'dataMode',
			type: 'options',
			options: [
				{
					name: 'Define Below',
					value: 'defineBelow',
					description: 'Set each field here, by hand or by expression',
				},
				{
					name: 'Auto-Map Input Data',
					value: AUTO_MAP,
					description:
						'Take each field from the input item’s property of the same name. Fastest for many items.',
				},
			],
			default: 'defineBelow',
			description: 'Where the fields come from',
		},
		{
			displayName: noticeOf(names),
			name: 'autoMapNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { dataMode: [AUTO_MAP] } },
		},
	];
}

function noticeOf({ required, optional = [] }: AutoMapped): string {
	return [
		`Each input item must have: <b>${required.join(', ')}</b>.`,
		optional.length > 0 ? `It may have: ${optional.join(', ')}.` : '',
		'Its other properties are ignored.',
	]
		.filter((sentence) => sentence !== '')
		.join(' ');
}

/** Shows a field only when fields are set in the node. */
export function definedBelow(field: INodeProperties): INodeProperties {
	return { ...field, displayOptions: { show: { dataMode: ['defineBelow'] } } };
}

/** Whether fields are taken from the input items. */
export function isAutoMapped(parameter: ParameterReader): boolean {
	return parameter('dataMode', 0, 'defineBelow') === AUTO_MAP;
}
