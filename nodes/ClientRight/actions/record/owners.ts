import { InputError, PartnerError } from '../../../shared/errors';
import { RemoteError } from '../../client/failures';
import { runQuery } from '../../client/records';
import { quoted } from '../../wire/query';
import type { ClientRightRun } from '../operation';

/** The field of every module that says whose a record is. */
export const OWNER = 'assigned_user_id';
/** Modules in which almost everybody has records. */
const USUAL_MODULES = ['Contacts', 'Accounts', 'Leads'];

/**
 * Finds out which owners exist, each once. A vtiger stores a record of an owner that does not, and then
 * answers with a text (docs/protocols/vtiger.md, 10.8).
 *
 * @param owners ids with a module in which records are given to them
 * @returns what is to be said of those that were not found, or could not be looked for
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
	// Users who are no administrators may not see users; but they see whose the records are.
	for (const other of new Set([module, ...USUAL_MODULES])) {
		if (await isIn(run, other, OWNER, owner)) return true;
	}
	return false;
}

/** @returns `undefined` if the user of the credential may not see that */
async function isIn(
	run: ClientRightRun,
	module: string,
	field: string,
	owner: string,
): Promise<boolean | undefined> {
	const signal = run.node.getExecutionCancelSignal();
	// The CRM's own lists are short, and know no conditions on their ids.
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

/** What an item says of an owner that was not found. */
export function ownerProblem(problem: Error | undefined): Error | undefined {
	// Each item changes its own.
	return problem instanceof PartnerError
		? new PartnerError(problem.message, problem.details)
		: problem;
}
