import type { Sandbox, SandboxAddress } from '../../sandbox/server';
import type { N8nRest } from '../n8n/rest';
import type { CredentialDefinition } from '../n8n/workflow';

/** What a story works with: a running n8n and the partner systems. */
export interface Stage {
	rest: N8nRest;
	sandbox: Sandbox;
}

/** What happened, for a person. */
export interface StoryResult {
	/** Column heads first. */
	table: string[][];
	/** What did not go as it should; none when all worked. */
	problems: string[];
}

/** An example workflow and what its nodes log in with. */
export interface Example {
	/** File in examples/. */
	workflow: string;
	credentials(address: SandboxAddress): CredentialDefinition[];
}

/** An example workflow that is run, and what is to come of it. */
export interface Story extends Example {
	title: string;
	run(stage: Stage, workflowId: string): Promise<StoryResult>;
}
