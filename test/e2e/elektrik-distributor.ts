import type { Sandbox } from '../../sandbox/server';
import type { CheckExchange, CheckProtocol } from '../../sandbox/elektrik';
import { sendToLoopback, type LoopbackAnswer } from '../../sandbox/core/loopback';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import type { Host } from './host';
import {
	checkWorkflow,
	hashOf,
	knowsHashesWithA,
	type Chain,
	type ElektrikCredential,
	type TriggerParameters,
} from './elektrik-workflows';

/** A distributor in n8n, as the portal sees it. */
export class Distributor {
	constructor(
		/** Of the webhook. */
		readonly url: string,
		readonly workflowId: string,
		private readonly host: Pick<Host, 'rest' | 'sandbox'>,
	) {}

	/** For clients that know nothing else. */
	get wsdl(): string {
		return `${this.url}?wsdl`;
	}

	/** Where the WSDL says that clients are to send to, for 1.2 and for 1.1. */
	async addressesInWsdl(): Promise<string[]> {
		const description = await (await fetch(this.wsdl)).text();
		return [...description.matchAll(/location="([^"]*)"/g)].map(([, address]) => address!);
	}

	/** What the editor's button for it does: the next check at the test URL is answered. */
	async listen(): Promise<void> {
		await this.host.rest.listen(this.workflowId, 'Trigger');
	}

	/** The sandbox portal asks. */
	async check(protocol: CheckProtocol, phoneHash = hashOf(1)): Promise<CheckExchange> {
		return await this.host.sandbox.elektrik.portal.check({ url: this.url, protocol, phoneHash });
	}

	/** Sends any body. */
	async send(
		body: string | Buffer,
		contentType: string,
		headers: Record<string, string> = {},
	): Promise<Exclude<LoopbackAnswer, 'closed'>> {
		const answer = await sendToLoopback(this.url, {
			body,
			headers: { 'Content-Type': contentType, ...headers },
		});
		if (answer === 'closed') throw new Error('The connection was closed');
		return answer;
	}

	async executions(): Promise<number> {
		return (await this.host.rest.executionIds(this.workflowId)).length;
	}
}

/** Stores a credential for a sandbox or another portal. */
export async function createCredential(
	{ rest }: Pick<Host, 'rest'>,
	data: { url: string; uid: string },
): Promise<ElektrikCredential> {
	const name = `Portal ${data.url}`;
	return { id: await rest.createCredential({ name, type: 'elektrikApi', data }), name };
}

/** Publishes a workflow behind a trigger, at a base address such as that of n8n itself. */
export async function publishDistributor(
	host: { rest: Host['rest']; sandbox: Sandbox },
	baseUrl: string,
	credential: ElektrikCredential,
	path: string,
	parameters: TriggerParameters = {},
	chain: Chain = knowsHashesWithA,
): Promise<Distributor> {
	const workflow: WorkflowDefinition = checkWorkflow(path, credential, parameters, chain);
	const { id } = await host.rest.createWorkflow(workflow);
	await host.rest.activate(id);
	return new Distributor(`${baseUrl}/webhook/${path}`, id, host);
}

/** Makes a workflow that is not published, at its test URL: see {@link Distributor.listen}. */
export async function tryOutDistributor(
	host: { rest: Host['rest']; sandbox: Sandbox },
	baseUrl: string,
	credential: ElektrikCredential,
	path: string,
	parameters: TriggerParameters = {},
	chain: Chain = knowsHashesWithA,
): Promise<Distributor> {
	const workflow = checkWorkflow(path, credential, parameters, chain);
	const { id } = await host.rest.createWorkflow(workflow);
	return new Distributor(`${baseUrl}/webhook-test/${path}`, id, host);
}
