import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import { readOutcome, type ExecutionOutcome, type RawRunData } from './execution';
import { Problem } from './problem';
import { publish, unpublish } from './publication';
import { RestSession } from './rest-session';
import { firstTrigger, type CredentialDefinition, type WorkflowDefinition } from './workflow';

const POLL_INTERVAL_MS = 200;
const EXECUTED_WITHIN_MS = 120_000;
const NOT_ENDED = new Set(['new', 'running', 'waiting', 'unknown']);

/** Who logs in to the editor. The password needs 8 characters, a digit and a capital letter. */
export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

/** A workflow as n8n stores it. */
export interface StoredWorkflow extends WorkflowDefinition {
	id: string;
	versionId: string;
	active: boolean;
}

/** What a credential's test says in the editor. */
export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface RunOptions {
	/** The name of the node to start from; by default the manual trigger, else the first trigger. */
	trigger?: string;
	/** Milliseconds until the execution must have ended, by default two minutes. */
	timeoutMs?: number;
}

interface StoredExecution {
	id: string;
	status: string;
	/** JSON in the form of the package `flatted`. */
	data: string;
}

/** A client to a running n8n: what a person does in its editor. Every call may throw a Problem. */
export class N8nRest {
	private readonly session: RestSession;

	/**
	 * @param url of the instance, without a slash at the end
	 * @param login of another client to the same instance, see {@link N8nRest.login}
	 */
	constructor(
		readonly url: string,
		login?: string,
	) {
		this.session = new RestSession(url, login);
	}

	/** What another client goes on with instead of logging in, which n8n allows 5 times a minute. */
	get login(): string | undefined {
		return this.session.login;
	}

	/** Any other call of n8n's internal API, `path` below `/rest`; n8n's `{data}` is taken off. */
	async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		return await this.session.call<T>(method, path, body);
	}

	/** Makes the owner's account of a new instance, or logs in when there is one. */
	async logInAsOwner(owner: Owner): Promise<void> {
		if (await this.hasNoOwner()) await this.setUpOwner(owner);
		else await this.logIn(owner);
	}

	/** Makes the owner's account of an instance that has none, and logs in. */
	async setUpOwner(owner: Owner): Promise<void> {
		await this.session.call('POST', '/owner/setup', owner);
	}

	async logIn({ email, password }: Pick<Owner, 'email' | 'password'>): Promise<void> {
		await this.session.call('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	/** @returns the new credential's id */
	async createCredential(credential: Omit<CredentialDefinition, 'id'>): Promise<string> {
		const { id } = await this.session.call<{ id: string }>('POST', '/credentials', credential);
		return id;
	}

	/** Runs the test of a credential that need not be stored. */
	async testCredential(
		credential: Omit<CredentialDefinition, 'id'>,
	): Promise<CredentialTestResult> {
		const credentials = { id: '', ...credential };
		return await this.session.call('POST', '/credentials/test', { credentials });
	}

	/** Runs the test of a stored credential, as its dialog does when it is opened. */
	async testStoredCredential(id: string): Promise<CredentialTestResult> {
		// The answer has blanks for the secrets; n8n fills them in again for the test.
		const path = `/credentials/${id}?includeData=true`;
		const { name, type, data } = await this.session.call<CredentialDefinition>('GET', path);
		const credentials = { id, name, type, data };
		return await this.session.call('POST', '/credentials/test', { credentials });
	}

	async createWorkflow(workflow: WorkflowDefinition): Promise<StoredWorkflow> {
		return await this.session.call('POST', '/workflows', workflow);
	}

	async workflow(id: string): Promise<StoredWorkflow> {
		return await this.session.call('GET', `/workflows/${id}`);
	}

	/** Changes what is given and leaves the rest. */
	async updateWorkflow(id: string, changes: Partial<WorkflowDefinition>): Promise<StoredWorkflow> {
		return await this.session.call('PATCH', `/workflows/${id}`, changes);
	}

	/** Publishes a workflow's newest version; its triggers work when this is done. */
	async activate(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		await publish(this.session, id, versionId);
	}

	/** Takes a workflow out of service; its triggers are gone when this is done. */
	async deactivate(id: string): Promise<void> {
		await unpublish(this.session, id);
	}

	/**
	 * Runs a workflow as the editor's button does and waits for its end.
	 *
	 * @returns the outcome, also when the workflow failed
	 * @throws Problem when it cannot be started by hand or does not end in time
	 */
	async runWorkflow(id: string, options: RunOptions = {}): Promise<ExecutionOutcome> {
		const trigger = options.trigger ?? firstTrigger(await this.workflow(id))?.name;
		if (trigger === undefined) throw new Problem(`Workflow ${id} has no trigger to start from.`);
		const started = await this.startWorkflow(id, trigger);
		if (started.executionId === undefined) {
			throw new Problem(`Workflow ${id} waits for a call of its webhook: it was not run.`);
		}
		return await this.executionEnded(started.executionId, options.timeoutMs);
	}

	/** Waits at n8n for the next call of a trigger's test URL, as the editor's button does. */
	async listen(workflowId: string, trigger: string): Promise<void> {
		await this.startWorkflow(workflowId, trigger);
	}

	/** @returns the execution's id, none when n8n waits for a call of the workflow's webhook */
	protected async startWorkflow(id: string, trigger: string): Promise<{ executionId?: string }> {
		return await this.session.call('POST', `/workflows/${id}/run`, {
			triggerToStartFrom: { name: trigger },
		});
	}

	/** One execution as far as it has come. */
	async execution(id: string): Promise<ExecutionOutcome> {
		const path = `/executions/${id}`;
		const execution = await this.session.call<StoredExecution>('GET', path);
		return readOutcome(parse(execution.data) as RawRunData | undefined, execution.status, id);
	}

	/** Waits for an execution's end; a Problem when it takes longer than `timeoutMs`. */
	async executionEnded(id: string, timeoutMs = EXECUTED_WITHIN_MS): Promise<ExecutionOutcome> {
		const started = Date.now();
		for (;;) {
			const outcome = await this.execution(id);
			if (!NOT_ENDED.has(outcome.status) && !isHalfStored(outcome)) return outcome;
			if (Date.now() - started > timeoutMs) {
				const waited = `after ${timeoutMs / 1000} s`;
				throw new Problem(`Execution ${id} has not ended ${waited}: it is ${outcome.status}.`);
			}
			await sleep(POLL_INTERVAL_MS);
		}
	}

	/** The ids of a workflow's executions, the newest first. */
	async executionIds(workflowId: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const path = `/executions?filter=${filter}`;
		const { results } = await this.session.call<{ results: Array<{ id: string }> }>('GET', path);
		return results.map(({ id }) => id);
	}

	private async hasNoOwner(): Promise<boolean> {
		const settings = await this.session.call<{
			userManagement: { showSetupOnFirstLoad?: boolean };
		}>('GET', '/settings');
		return settings.userManagement.showSetupOnFirstLoad === true;
	}
}

/** n8n before version 2 stores the end of an execution first, and what its nodes gave afterwards. */
function isHalfStored({ status, nodes, error }: ExecutionOutcome): boolean {
	const hasRun = status === 'success' || status === 'error';
	return hasRun && error === undefined && Object.keys(nodes).length === 0;
}
