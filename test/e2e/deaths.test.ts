import { freePort } from '../../tools/n8n/free-port';
import {
	askEcho,
	askForward,
	AWAY_MS,
	echo,
	forward,
	publishing,
	ROUND_TIMEOUT,
	ROUNDS,
	survive,
	tell,
} from './deaths';
import { INSTALL_TIMEOUT, startHost, type Host } from './host';
import { Partner } from './partner';
import { PointsSource } from './points-source';
import { Traffic } from './traffic';
import { KEY } from './trigger-cases';

let host: Host;
let source: PointsSource;
let partner: (path: string) => Partner;
beforeAll(async () => {
	// It comes back at the same address.
	const port = await freePort();
	host = await startHost([], {}, { port });
	partner = (path) => new Partner(`${host.n8n.url}/webhook/${path}`, KEY);
	const { trigger, crmId, portalId } = await publishing(host.rest, host.address);
	await trigger('echo', ...echo);
	await trigger('forward', ...forward(crmId));
	source = await PointsSource.start(host.sandbox.elektrik.portal);
	const { id } = await host.rest.createWorkflow(source.workflow(portalId));
	await host.rest.activate(id);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await source.stop();
	await host.stop();
	await host.remove();
}, 60_000);

it(
	`n8n is killed under load, ${ROUNDS} times: no partner gets two answers, or an unsigned one`,
	async () => {
		const traffic = new Traffic([partner('echo')], askEcho);
		for (let round = 0; round < ROUNDS; round++) {
			const kill = async () => await host.n8n.crash();
			await survive(traffic, kill, 500, async () => await host.n8n.start());
		}
		const tally = await traffic.stop();
		tell(`n8n killed ${ROUNDS} times`, tally);
		expect(tally.wrong).toEqual([]);
		expect(tally.closed + tally.refused).toBeGreaterThan(0);
	},
	ROUNDS * ROUND_TIMEOUT,
);

it(
	`the partner is away for ${AWAY_MS / 1_000} s, ${ROUNDS} times: all get signed answers`,
	async () => {
		const traffic = new Traffic([partner('forward')], askForward(host.sandbox.exapi));
		for (let round = 0; round < ROUNDS; round++) {
			const comeBack = async () => {
				await host.sandbox.start();
			};
			await survive(traffic, async () => await host.sandbox.stop(), AWAY_MS, comeBack);
		}
		const tally = await traffic.stop();
		tell(`the partner away ${ROUNDS} times`, tally);
		expect(tally).toMatchObject({ wrong: [], closed: 0, refused: 0, notHandedOver: 0 });
		expect(tally.told).toBeGreaterThan(0);
	},
	ROUNDS * ROUND_TIMEOUT,
);

it('after all that the portal has the last points', async () => {
	const { portal, books } = await source.settle();
	expect(portal).toEqual(books);
	expect(source.updates).toBeGreaterThan(0);
	process.stderr.write(`${source.updates} updates of points\n`);
}, 180_000);
