import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nInstance } from '../../../tools/n8n/instance';
import { N8nRest } from '../../../tools/n8n/rest';
import type { Setting } from './setting';
import { readProfile, type ProfileShare } from './profile';
import { requestRate } from './load';
import { messagesTo, publishWebhooks, type WebhookWorkflow } from './webhooks';

/** The owner of an n8n that listens on 127.0.0.1 alone and is removed afterwards. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'For-the-bench-1',
	firstName: 'Bench',
	lastName: 'Owner',
};

/**
 * When n8n prepares an isolate for expressions: `eager`, its default: for each request of a trigger,
 * each reading of a credential there and each execution; `lazy`: at the first expression; `none`: its
 * older engine evaluates them without.
 */
export type Isolates = 'eager' | 'lazy' | 'none';

/** n8n's variables for it. */
export function isolateSetting(isolates: Isolates): Record<string, string> {
	return {
		N8N_EXPRESSION_ENGINE: isolates === 'none' ? 'legacy' : 'vm',
		N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: String(isolates === 'lazy'),
	};
}

/** Ids of the published workflows. */
export type PublishedIds = Record<WebhookWorkflow, string>;

/** A real n8n with the webhook workflows published. */
export interface BenchHost {
	n8n: N8nInstance;
	rest: N8nRest;
	isolates: Isolates;
	ids: PublishedIds;
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

/** @param known of an earlier start on the same user folder: they are published there already */
export async function startBenchHost(
	stage: Setting,
	isolates: Isolates,
	known?: PublishedIds,
): Promise<BenchHost> {
	const { n8n: installation, userFolder } = stage;
	const file = join(userFolder, 'start.cpuprofile');
	const n8n = new N8nInstance({
		n8n: installation,
		userFolder,
		env: { ...profiled(file), ...isolateSetting(isolates) },
	});
	await n8n.start();
	try {
		const rest = new N8nRest(n8n.url);
		await rest.logInAsOwner(OWNER);
		const ids = known ?? (await publishWebhooks(stage, rest));
		await untilServed(n8n.url);
		return {
			n8n,
			isolates,
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

/** n8n is ready a moment before its webhooks are. */
async function untilServed(n8nUrl: string): Promise<void> {
	const { plain, elektrikJson } = messagesTo(n8nUrl);
	for (let attempt = 0; ; attempt++) {
		try {
			for (const message of [plain, elektrikJson]) await requestRate(message, 1, 1);
			return;
		} catch (error) {
			if (attempt === 40) throw error;
			await sleep(250);
		}
	}
}

async function executionCount(rest: N8nRest, workflowId: string): Promise<number> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { count } = await rest.call<{ count: number }>('GET', `/executions?filter=${filter}`);
	return count;
}
