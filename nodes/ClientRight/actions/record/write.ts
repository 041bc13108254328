import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { lockNotice, lockOption, optionsField, shownFor } from '../../../shared/fields';
import { prepareItems, runItems, type RecordTurn } from '../../../shared/items';
import { chosenOrder } from '../../../shared/redis/order';
import {
	createRecord,
	deleteRecord,
	type RecordAnswer,
	reviseRecord,
	upsertRecord,
} from '../../client/records';
import { writeRecordId } from '../../wire/field-values';
import { alternativesOf, type Query } from '../../wire/query';
import { FieldError } from '../../wire/records';
import { recordIdField } from '../locator';
import {
	callOptions,
	type ClientRightOperation,
	type ClientRightRun,
	locksOf,
	outputField,
	withInputErrors,
} from '../operation';
import {
	checkOwnerOption,
	columnsField,
	emptyFieldsOption,
	jsonField,
	moduleField,
} from './fields';
import { checkMandatory, type GivenRecord, isEmpty, readGiven, writeRecord } from './input';
import {
	askForModules,
	checkOwners,
	chosenRecord,
	fieldName,
	hintUnstorable,
	OWNER,
	ownerProblem,
	type RunModules,
} from './modules';
import { modulesIn, toOutput, valueOf } from './read';

/** A record to send. */
interface ReadyRecord {
	module: string;
	/** The ID of an existing record; empty for a new one. */
	id: string;
	/** The fields of a new record, including the owner. */
	element: Record<string, string>;
	/** The fields of an existing record. */
	changes: Record<string, string>;
	/** The query by which the record is found, for an upsert. */
	query: Query | undefined;
	/** The key that all writes of this record have. */
	key: string;
}

/** The differences between the operations. */
interface Writing {
	/** Completes an item when its module is known. */
	finish(given: GivenRecord, ready: ReadyRecord, modules: RunModules): ReadyRecord;
	send(
		run: ClientRightRun,
		ready: ReadyRecord,
		signal: AbortSignal | undefined,
		turn: RecordTurn | undefined,
	): Promise<RecordAnswer>;
	/** Whether the record may be new, so that it needs an owner and all mandatory fields. */
	mayCreate: boolean;
	isRepeatable: boolean;
	/** Whether items have a key, so that they run one after another. */
	isKeyed: boolean;
	/** Whether other processes can wait as well. */
	hasLock?: true;
}

async function writeRecords(run: ClientRightRun, writing: Writing): Promise<INodeExecutionData[]> {
	const order = writing.hasLock && (await chosenOrder(run.node, run.parameter, locksOf(run)));
	const given = prepareItems(run.node, (item) =>
		withInputErrors(run.fields, () => readGiven(run, item)),
	);
	const names = new Set(
		given.flatMap((item) =>
			item.done
				? Object.entries(item.value.values).flatMap(([name, value]) =>
						isEmpty(value) ? [] : [name],
					)
				: [],
		),
	);
	const modules = await askForModules(
		run,
		modulesIn(given),
		({ fields }) =>
			[...fields.values()].flatMap(({ name, refersTo }) => (names.has(name) ? refersTo : [])),
		writing.mayCreate || names.has(OWNER),
	);
	const keepsEmpty = run.parameter('options.emptyFields', 0, false) === true;
	const ready = prepareItems(run.node, (item) => {
		const value = valueOf(given[item]!);
		modules.check(value.module);
		return withInputErrors(run.fields, () => readyRecord(value, writing, modules, keepsEmpty));
	});
	hintUnstorable(
		run,
		ready.map((item) => (item.done ? item.value.element : undefined)),
	);
	const owners = new Map(
		ready.flatMap((item): Array<[string, string]> => {
			const owner = item.done ? item.value.element[OWNER] : undefined;
			return item.done && owner ? [[owner, item.value.module]] : [];
		}),
	);
	const isChecked = run.parameter('options.checkOwner', 0, true) !== false;
	const problems = isChecked ? await checkOwners(run, owners, modules.rules.userId) : undefined;
	return await runItems<ReadyRecord>(
		run.node,
		{
			isWrite: true,
			isRepeatable: writing.isRepeatable,
			prepare: (item) => {
				const value = valueOf(ready[item]!);
				const problem = ownerProblem(problems?.get(value.element[OWNER] ?? ''));
				if (problem) throw problem;
				return value;
			},
			...(writing.isKeyed && {
				key: ({ key }: ReadyRecord) => key,
				scope: `record ${run.credential.url}`,
				order,
			}),
			carryOut: async (record, signal, turn) => {
				const answer = await writing.send(run, record, signal, turn);
				if (run.raw) return [answer.raw as IDataObject];
				const { module } = record;
				return [toOutput(run, module, modules.of(module), answer.record)];
			},
		},
		run.concurrency,
	);
}

function readyRecord(
	given: GivenRecord,
	writing: Writing,
	modules: RunModules,
	keepsEmpty: boolean,
): ReadyRecord {
	const { module } = given;
	const description = modules.of(module);
	const { element, emptied } = writeRecord(given, description, modules.rules, keepsEmpty);
	const changes = { ...element, ...Object.fromEntries(emptied.map((name) => [name, ''])) };
	const { userId } = modules.rules;
	const hasOwner = !description?.fields.size || description.fields.has(OWNER);
	const owned = hasOwner && userId !== '' ? { [OWNER]: userId, ...element } : element;
	if (writing.mayCreate) checkMandatory(owned, description);
	const ready = { module, id: '', element: owned, changes, query: undefined, key: '' };
	return writing.finish(given, ready, modules);
}

const options = (...more: INodeProperties[]) =>
	optionsField(...callOptions, checkOwnerOption, ...more);

/** `record.create`: creates a record, never twice (`create`). */
export const create: ClientRightOperation = {
	fields: shownFor('record', 'create', [
		moduleField,
		columnsField('add'),
		jsonField,
		outputField,
		options(),
	]),

	execute: async (run) =>
		await writeRecords(run, {
			finish: (_, ready) => ready,
			send: async ({ client }, { module, element }, signal) =>
				await createRecord(client, module, element, { signal }),
			mayCreate: true,
			isRepeatable: false,
			isKeyed: false,
		}),
};

/** `record.update`: changes the given fields of a record (`revise`). */
export const update: ClientRightOperation = {
	fields: shownFor('record', 'update', [
		moduleField,
		recordIdField,
		columnsField('map'),
		jsonField,
		outputField,
		options(emptyFieldsOption),
	]),

	execute: async (run) =>
		await writeRecords(run, {
			finish({ module, id: given }, ready, modules) {
				const id = writeRecordId('recordId', given, module, modules.of(module)?.idPrefix);
				// Without an owner in the item, the owner does not change.
				const { changes } = ready;
				if (Object.keys(changes).length === 0) {
					throw new FieldError('columns', 'has no value to store');
				}
				return { ...ready, id, element: changes, key: id };
			},
			send: async ({ client }, { id, changes }, signal) =>
				await reviseRecord(client, id, changes, { signal }),
			mayCreate: false,
			isRepeatable: true,
			isKeyed: true,
		}),
};

const matchFieldsField: INodeProperties = {
	displayName: 'Match On',
	name: 'matchFields',
	type: 'string',
	default: '',
	placeholder: 'e.g. cf_inn, mobile',
	description:
		'Names of the fields that the record is found by, with commas between them. If empty, those are used that are chosen in Columns.',
};

/** `record.upsert`: updates the record with the matching values, or creates it (`query`, `revise`, `create`). */
export const upsert: ClientRightOperation = {
	fields: shownFor('record', 'upsert', [
		moduleField,
		columnsField('upsert'),
		jsonField,
		matchFieldsField,
		lockNotice('two that send the same new values to match at the same time create two records'),
		outputField,
		options(emptyFieldsOption, lockOption),
	]),

	execute: async (run) =>
		await writeRecords(run, {
			finish: ({ module, match }, ready, modules) => {
				if (match.length === 0) {
					throw new FieldError('matchFields', 'names no field that the record is found by');
				}
				const conditions = match.toSorted().map((field) => {
					const value = ready.element[field];
					if (value !== undefined && value !== '') {
						return { field, operator: 'equals', values: [value] } as const;
					}
					const called = fieldName(modules.of(module), field);
					throw new FieldError(called, 'is empty, and the record is found by it');
				});
				const query: Query = {
					module,
					select: 'id',
					alternatives: alternativesOf(conditions, true),
					orderBy: [],
					descending: false,
					offset: 0,
					isEntity: true,
				};
				// The database compares case-insensitively.
				return { ...ready, query, key: `${module} ${query.alternatives.join('').toLowerCase()}` };
			},
			send: async ({ client }, { module, query, element, changes, key }, signal, turn) =>
				await upsertRecord(
					client,
					{ module, query: query!, element, changes, key },
					{ signal, turn },
				),
			mayCreate: true,
			isRepeatable: true,
			isKeyed: true,
			hasLock: true,
		}),
};

/** `record.delete`: moves a record to the CRM's recycle bin (`delete`). */
export const remove: ClientRightOperation = {
	fields: shownFor('record', 'delete', [
		moduleField,
		recordIdField,
		outputField,
		optionsField(...callOptions),
	]),

	async execute(run) {
		const given = prepareItems(run.node, (item) =>
			withInputErrors(run.fields, () => chosenRecord(run, item)),
		);
		const modules = await askForModules(run, modulesIn(given), () => [], false);
		return await runItems<string>(
			run.node,
			{
				isWrite: true,
				prepare: (item) => {
					const { module, id } = valueOf(given[item]!);
					modules.check(module);
					const prefix = modules.of(module)?.idPrefix;
					return withInputErrors(run.fields, () => writeRecordId('recordId', id, module, prefix));
				},
				key: (id) => id,
				scope: `record ${run.credential.url}`,
				carryOut: async (id, signal) => {
					const raw = await deleteRecord(run.client, id, signal);
					return [run.raw ? (raw as IDataObject) : { recordId: id, deleted: true }];
				},
			},
			run.concurrency,
		);
	},
};
