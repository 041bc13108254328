/** @needs redis postgresql */

import { setTimeout as sleep } from 'node:timers/promises';
import { askEcho, echo, publishing, ROUND_TIMEOUT, ROUNDS, survive, tell } from './deaths';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT } from './host';
import { Partner } from './partner';
import { PointsSource } from './points-source';
import { useQueueHost, type QueueHost } from './queue-host';
import { Traffic } from './traffic';
import { KEY } from './trigger-cases';

const SECOND = 1_000;
/** n8n ends by itself when Redis stays away for ten seconds. */
const AWAY_MS = 3 * SECOND;

let host: QueueHost;
let source: PointsSource;
let partners: Partner[];
beforeAll(async () => {
	host = await useQueueHost();
	partners = host.webhooks.map(({ url }) => new Partner(`${url}/webhook/echo`, KEY));
	const { trigger, portalId } = await publishing(host.rest, host.address);
	await trigger('echo', ...echo);
	source = await PointsSource.start(host.sandbox.elektrik.portal);
	const { id } = await host.rest.createWorkflow(source.workflow(portalId));
	await host.rest.activate(id);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await source.stop();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

/** What a supervisor does: whoever has ended is started again. */
async function superviseAll(): Promise<void> {
	const { main, webhooks, workers } = host;
	const ended = [main, ...webhooks, ...workers].filter(({ isRunning }) => !isRunning);
	await Promise.all(ended.map(async (instance) => await instance.start()));
}

interface Death {
	who: string;
	goDown: (round: number) => Promise<void>;
	comeBack?: () => Promise<void>;
	/** Whether partners of the other webhook processor are served all the while. */
	isCovered: boolean;
}

const DEATHS: Death[] = [
	{
		who: 'The main process, a webhook processor and a worker',
		goDown: async (round) => {
			const dying = [host.main, host.webhooks[round % 2]!, host.workers[round % 2]!];
			await Promise.all(
				dying.map(async (instance) => {
					await sleep(Math.random() * SECOND);
					await instance.crash();
				}),
			);
		},
		isCovered: true,
	},
	{
		who: 'The Redis of the queue',
		goDown: async () => await host.queue.crash(),
		comeBack: async () => await host.queue.recover(),
		isCovered: false,
	},
	{
		who: 'PostgreSQL',
		goDown: async () => await host.database.crash(),
		comeBack: async () => await host.database.recover(),
		isCovered: false,
	},
];

it.each(DEATHS)(
	`$who: dead under load, ${ROUNDS} times: no partner gets two answers, or an unsigned one`,
	async ({ who, goDown, comeBack, isCovered }) => {
		const traffic = new Traffic(partners, askEcho);
		let servedWhileAway = 0;
		for (let round = 0; round < ROUNDS; round++) {
			const survived = await survive(
				traffic,
				async () => await goDown(round),
				AWAY_MS,
				async () => {
					await comeBack?.();
					await superviseAll();
				},
			);
			servedWhileAway += survived.servedWhileAway;
		}
		const tally = await traffic.stop();
		tell(`${who}, dead ${ROUNDS} times`, tally);
		expect(tally.wrong).toEqual([]);
		if (isCovered) expect(servedWhileAway).toBeGreaterThan(0);
	},
	ROUNDS * ROUND_TIMEOUT,
);

it('after all that the portal has the last points', async () => {
	const { portal, books } = await source.settle();
	expect(portal).toEqual(books);
	expect(source.updates).toBeGreaterThan(0);
	process.stderr.write(`${source.updates} updates of points\n`);
}, 180_000);
