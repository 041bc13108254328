import { InputError, PartnerError } from '../../../shared/errors';
import { fieldLabel } from '../../../shared/fields';
import { describeModule, idPrefixesOf } from '../../client/describe';
import { RemoteError } from '../../client/failures';
import { runQuery } from '../../client/records';
import type { ModuleDescription } from '../../wire/describe';
import type { ValueRules } from '../../wire/field-values';
import { checkName, quoted } from '../../wire/query';
import { FieldError, holdsUnstorable } from '../../wire/records';
import { locatedId } from '../locator';
import type { ClientRightRun } from '../operation';

/** The field with the owner of a record, which every module has. */
export const OWNER = 'assigned_user_id';
/** Modules in which most users have records. */
const USUAL_MODULES = ['Contacts', 'Accounts', 'Leads'];

/**
 * Finds out which owners exist, each once. vtiger stores a record with an owner that does not exist, and then
 * returns text instead of JSON (docs/protocols/vtiger.md, 10.8).
 *
 * @param owners IDs of owners, with a module of their records
 * @returns the errors of owners that were not found or could not be looked up
 */
export async function checkOwners(
	run: ClientRightRun,
	owners: ReadonlyMap<string, string>,
	userId: string,
): Promise<Map<string, Error>> {
	const problems = new Map<string, Error>();
	for (const [owner, module] of owners) {
		if (owner === userId) continue;
		try {
			if (!(await exists(run, owner, module, userId))) problems.set(owner, unknownOwner(owner));
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			problems.set(owner, error);
		}
	}
	return problems;
}

async function exists(
	run: ClientRightRun,
	owner: string,
	module: string,
	userId: string,
): Promise<boolean> {
	const isUser = owner.split('x')[0] === userId.split('x')[0];
	const found = await isIn(run, isUser ? 'Users' : 'Groups', 'id', owner);
	if (found !== undefined) return found;
	// Users other than administrators may not see users, but they see the owners of records.
	for (const other of new Set([module, ...USUAL_MODULES])) {
		if (await isIn(run, other, OWNER, owner)) return true;
	}
	return false;
}

/** @returns `undefined` if the credential's user may not see it */
async function isIn(
	run: ClientRightRun,
	module: string,
	field: string,
	owner: string,
): Promise<boolean | undefined> {
	const signal = run.node.getExecutionCancelSignal();
	// The CRM's own lists are short, and do not support conditions on their IDs.
	const isList = module === 'Groups';
	const where = isList ? '' : ` WHERE ${field} = ${quoted(owner)} LIMIT 1`;
	try {
		const rows = await runQuery(run.client, module, `SELECT id FROM ${module}${where};`, {
			signal,
		});
		return isList ? rows.some(({ id }) => id === owner) : rows.length > 0;
	} catch (error) {
		if (error instanceof RemoteError && error.outcome === 'rejected') return undefined;
		throw error;
	}
}

function unknownOwner(owner: string): Error {
	return new InputError(
		`The CRM does not know the owner ${owner}`,
		"Choose another user or group in 'Assigned To' (assigned_user_id). A user of the CRM who is no administrator sees only owners who have records: for a new one, turn off 'Check Owner' in the options.",
	);
}

/** Creates the error of an item whose owner was not found. */
export function ownerProblem(problem: Error | undefined): Error | undefined {
	// Each item modifies its own error.
	return problem instanceof PartnerError
		? new PartnerError(problem.message, problem.details)
		: problem;
}

/** The CRM's descriptions of the modules of a run, requested before its items run. */
export interface RunModules {
	/** @returns `undefined` for a module that the CRM does not describe to its user */
	of(module: string): ModuleDescription | undefined;
	/** @throws the CRM's error for this module, or for the user */
	check(module: string): void;
	rules: ValueRules;
}

/**
 * Requests from the CRM what the values of a run need: the fields of each module, the modules of references, and
 * the logged-in user.
 *
 * @param references returns the modules of a description's references that have values
 */
export async function askForModules(
	run: ClientRightRun,
	modules: readonly string[],
	references: (description: ModuleDescription) => readonly string[],
	needsUser: boolean,
): Promise<RunModules> {
	const signal = run.node.getExecutionCancelSignal();
	const descriptions = new Map<string, ModuleDescription | undefined>();
	const failures = new Map<string, Error>();
	let prefixes = new Map<string, string>();
	let userId = '';
	let failure: Error | undefined;
	try {
		for (const module of new Set(modules)) {
			try {
				descriptions.set(module, await describeModule(run.client, run.credential, module, signal));
			} catch (error) {
				failures.set(module, asError(error));
			}
		}
		const wanted = [...descriptions.values()].flatMap((one) => (one ? references(one) : []));
		prefixes = await idPrefixesOf(run.client, run.credential, wanted, signal);
		if (needsUser && failures.size === 0) userId = await run.client.userId(signal);
	} catch (error) {
		failure = asError(error);
	}
	return {
		of: (module) => descriptions.get(module),
		check(module) {
			const error = failures.get(module) ?? failure;
			if (error) throw error;
		},
		rules: { ...run.rules, prefixes, userId },
	};
}

/** Anything can be thrown; what is kept to be thrown again is an error. */
function asError(thrown: unknown): Error {
	return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/**
 * The module of an item.
 *
 * @throws FieldError for what is no name of a module
 */
export function moduleOf(run: ClientRightRun, item: number): string {
	const module = run.parameter('module', item, '');
	return checkName('module', typeof module === 'string' ? module : '');
}

/** The record of an item, with its ID as it was given. */
export function chosenRecord(run: ClientRightRun, item: number): { module: string; id: unknown } {
	const module = moduleOf(run, item);
	return { module, id: locatedId(run.parameter('recordId', item, ''), 'recordId', module) };
}

/** Returns the name of a module's field for an error: its label in the CRM, and its name. */
export function fieldName(description: ModuleDescription | undefined, name: string): string {
	const label = description?.fields.get(name)?.label ?? name;
	return label === name ? name : `${label} (${name})`;
}

/** @throws FieldError for a field that the module does not have; nothing is known without a description */
export function checkField(
	parameter: string,
	description: ModuleDescription | undefined,
	name: string,
): void {
	if (!description || description.fields.size === 0 || description.fields.has(name)) return;
	throw new FieldError(parameter, `must not name "${name}": ${description.name} has no such field`);
}

/** Adds a hint about the items with text that the CRM cannot store. */
export function hintUnstorable(
	run: ClientRightRun,
	elements: ReadonlyArray<Readonly<Record<string, string>> | undefined>,
): void {
	run.hints.onUnstorable(
		elements.flatMap((element, item) =>
			element && Object.values(element).some(holdsUnstorable) ? [item] : [],
		),
	);
}

/**
 * Reads a parameter that is a JSON object.
 *
 * @throws InputError for any other value
 */
export function readJsonFields(run: ClientRightRun, item: number): Record<string, unknown> {
	const given = run.parameter('fieldsJson', item, '{}');
	const value = typeof given === 'string' ? parse(given) : given;
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as Record<string, unknown>;
	}
	throw new InputError(
		`The field ${fieldLabel(run.fields, 'fieldsJson')} is not a JSON object`,
		'Write it in braces, for example { "lastname": "Образцова" }.',
	);
}

function parse(text: string): unknown {
	try {
		return text.trim() === '' ? {} : JSON.parse(text);
	} catch {
		return undefined;
	}
}
