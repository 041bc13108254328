import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { N8nInstance } from '../../../tools/n8n/instance';
import { N8nRest } from '../../../tools/n8n/rest';
import type { Stage } from '../stage';
import { readProfile, type ProfileShare } from './profile';
import { publishWebhooks, type WebhookWorkflow } from './webhooks';

/** The owner of an n8n that listens on 127.0.0.1 alone and is removed afterwards. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'For-the-bench-1',
	firstName: 'Bench',
	lastName: 'Owner',
};

/** A real n8n with the webhook workflows published. */
export interface BenchHost {
	n8n: N8nInstance;
	rest: N8nRest;
	/** Ids of the published workflows. */
	ids: Record<WebhookWorkflow, string>;
	/** How often a workflow was executed. */
	executions(workflow: WebhookWorkflow): Promise<number>;
	/** Where n8n's process spends its time while something is done. */
	profile(work: () => Promise<unknown>): Promise<ProfileShare[]>;
	stop(): Promise<void>;
}

/** Variables that let a process be profiled, see `profiler.ts`. */
export function profiled(file: string): Record<string, string> {
	return {
		NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'profiler.js'))}`,
		BENCH_PROFILE: file,
	};
}

/** Profiles a process that was started with {@link profiled}. */
export async function profileOf(
	instance: N8nInstance,
	file: string,
	work: () => Promise<unknown>,
): Promise<ProfileShare[]> {
	await rm(file, { force: true });
	instance.kill('SIGUSR2');
	await work();
	instance.kill('SIGUSR2');
	return await readProfile(file);
}

export async function startBenchHost(stage: Stage): Promise<BenchHost> {
	const { n8n: installation, userFolder } = stage;
	const file = join(userFolder, 'start.cpuprofile');
	const n8n = new N8nInstance({ n8n: installation, userFolder, env: profiled(file) });
	await n8n.start();
	try {
		const rest = new N8nRest(n8n.url);
		await rest.logInAsOwner(OWNER);
		const ids = await publishWebhooks(stage, rest);
		return {
			n8n,
			rest,
			ids,
			executions: async (workflow) => await executionCount(rest, ids[workflow]),
			profile: async (work) => await profileOf(n8n, file, work),
			stop: async () => await n8n.stop(),
		};
	} catch (error) {
		await n8n.stop();
		throw error;
	}
}

async function executionCount(rest: N8nRest, workflowId: string): Promise<number> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { count } = await rest.call<{ count: number }>('GET', `/executions?filter=${filter}`);
	return count;
}
