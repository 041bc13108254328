import type { IDataObject } from 'n8n-workflow';
import { optionsField, shownFor } from '../../../shared/fields';
import { prepareItems, runItems, type JobResult } from '../../../shared/items';
import { queryRecords, recordUrl, retrieveRecord, type WireRecord } from '../../client/records';
import type { ModuleDescription } from '../../wire/describe';
import { writeRecordId } from '../../wire/field-values';
import type { Query } from '../../wire/query';
import { readRecord } from '../../wire/read-record';
import {
	callOptions,
	type ClientRightOperation,
	type ClientRightRun,
	outputField,
	withInputErrors,
} from '../operation';
import { moduleField, recordIdField } from './fields';
import { askForModules, locatedId, moduleOf } from './modules';
import { queryFields } from './query-fields';
import { type Asked, queryOf, readAsked, type Row } from './query-input';

/** A record in the form that a workflow gets it in. */
export function toOutput(
	run: ClientRightRun,
	module: string,
	description: ModuleDescription | undefined,
	record: WireRecord,
): IDataObject {
	return {
		recordId: record.id,
		...(readRecord(record, description, run.rules.timeZone) as IDataObject),
		url: recordUrl(run.credential, module, record.id),
	};
}

/** `record.get`: a record by its id (`retrieve`). */
export const get: ClientRightOperation = {
	fields: shownFor('record', 'get', [
		moduleField,
		recordIdField,
		outputField,
		optionsField(...callOptions),
	]),

	async execute(run) {
		const given = prepareItems(run.node, (item) => ({
			module: withInputErrors(run.fields, () => moduleOf(run, item)),
			id: locatedId(run.parameter('recordId', item, '')),
		}));
		const modules = await askForModules(run, modulesIn(given), () => [], false);
		return await runItems<{ module: string; id: string }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => {
					const { module, id } = valueOf(given[item]!);
					modules.check(module);
					const prefix = modules.of(module)?.idPrefix;
					return {
						module,
						id: withInputErrors(run.fields, () => writeRecordId('recordId', id, module, prefix)),
					};
				},
				carryOut: async ({ module, id }, signal) => {
					const { record, raw } = await retrieveRecord(run.client, id, signal);
					if (run.raw) return [raw as IDataObject];
					return [toOutput(run, module, modules.of(module), record)];
				},
			},
			run.concurrency,
		);
	},
};

/** The modules of items that could be prepared. */
export function modulesIn(given: ReadonlyArray<JobResult<{ module: string }>>): string[] {
	return given.flatMap((item) => (item.done ? [item.value.module] : []));
}

/** @throws what the item failed with */
export function valueOf<T>(result: JobResult<T>): T {
	if (result.done) return result.value;
	throw result.error;
}

/** `record.getAll`: records of a module that match a query, an item each (`query`). */
export const getAll: ClientRightOperation = {
	fields: shownFor('record', 'getAll', [...queryFields, outputField, optionsField(...callOptions)]),

	async execute(run) {
		const asked = prepareItems(run.node, (item) =>
			withInputErrors(run.fields, () => readAsked(run, item)),
		);
		const rowsOf = (item: JobResult<Asked>): Row[] =>
			item.done && item.value.kind === 'rows' ? item.value.rows : [];
		const names = new Set(asked.flatMap(rowsOf).map(({ field }) => field));
		const modules = await askForModules(
			run,
			modulesIn(asked),
			({ fields }) =>
				[...fields.values()].flatMap(({ name, refersTo }) => (names.has(name) ? refersTo : [])),
			asked.some((item) => rowsOf(item).length > 0),
		);
		return await runItems<{ query: Query; limit: number }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => {
					const wanted = valueOf(asked[item]!);
					modules.check(wanted.module);
					const description = modules.of(wanted.module);
					const query = withInputErrors(run.fields, () =>
						queryOf(wanted, description, modules.rules),
					);
					return { query, limit: wanted.limit };
				},
				carryOut: async ({ query, limit }, signal) => {
					const records = await queryRecords(run.client, query, limit, { signal });
					const { module } = query;
					return records.map((record): IDataObject =>
						run.raw ? (record as IDataObject) : toOutput(run, module, modules.of(module), record),
					);
				},
			},
			run.concurrency,
		);
	},
};
