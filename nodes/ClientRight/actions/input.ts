import type { IDataObject } from 'n8n-workflow';
import { columnsOf, isAutoMapped } from '../../shared/fields';
import { namesOf, type FieldTable } from '../webservice/records';
import type { ClientRightRun } from './operation';

/**
 * Where an operation's values come from: the items' properties, or the fields of the node, of
 * which the mandatory ones stand on their own and the others in "Additional Fields".
 *
 * @returns gives the values of an item by our names of the fields
 */
export function inputOf(run: ClientRightRun, table: FieldTable): (item: number) => IDataObject {
	const { required, optional } = namesOf(table);
	if (isAutoMapped(run.parameter)) {
		const names = [...required, ...optional];
		return (item) => columnsOf(run.items[item]!.json, names);
	}
	return (item) => {
		const values = required.map((name) => [name, run.parameter(name, item, '')]);
		return {
			...(run.parameter('additionalFields', item, {}) as IDataObject),
			...(Object.fromEntries(values) as IDataObject),
		};
	};
}
