import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { serveTrigger as serveElektrik } from '../elektrik/trigger-server';
import type { ServedTrigger } from '../shared/trigger-server';
import { resultIn, serveTrigger, signed, type TriggerServer } from './trigger-server';

/** Longer than a body may come after its head. */
const A_MOMENT = 500;
const CLOSED_WITHIN = 10_000;
const NOBODY = { sender: 'nobody', secret: 'guess' };

// Only Linux has all of 127/8 to send from.
const onLinux = process.platform === 'linux' ? it : it.skip;

/** Of either service. */
let served: ServedTrigger;
let server: TriggerServer;
const sockets: Socket[] = [];
afterEach(async () => {
	for (const socket of sockets.splice(0)) socket.destroy();
	// The trigger hears that their bodies do not come.
	await sleep(50);
	await served.close();
});

/** A request that has not come whole yet. */
interface Unfinished {
	isOpen(): boolean;
	/** Sends the rest. */
	finish(): void;
}

/** Sends the head of a request with half of its body. */
async function begin(body = signed('addOrder', [{}]), localAddress = '127.0.0.1') {
	const { port, pathname } = new URL(served.url);
	const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress });
	sockets.push(socket);
	let closed = false;
	socket.on('error', () => undefined).resume();
	socket.on('close', () => (closed = true));
	const half = Math.floor(body.length / 2);
	const head = `POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
	await new Promise<void>((sent) => socket.write(head + body.slice(0, half), () => sent()));
	await sleep(20);
	const unfinished: Unfinished = {
		isOpen: () => !closed,
		finish: () => void socket.write(body.slice(half)),
	};
	return unfinished;
}

async function beginMany(count: number): Promise<Unfinished[]> {
	const all: Unfinished[] = [];
	for (let index = 0; index < count; index++) all.push(await begin());
	await sleep(A_MOMENT);
	return all;
}

/** A busy machine may take a while to close the others. */
async function expectOpen(all: Unfinished[], expected: boolean[]): Promise<void> {
	const openOnes = () => all.map((one) => one.isOpen());
	for (let waited = 0; waited < CLOSED_WITHIN; waited += 100) {
		if (openOnes().every((isOpen, index) => isOpen === expected[index])) break;
		await sleep(100);
	}
	expect(openOnes()).toEqual(expected);
}

async function serve(id: string, parameters: IDataObject = {}): Promise<void> {
	served = server = await serveTrigger(id, parameters);
}

describe('with unfinished requests', () => {
	it('an Exapi Trigger waits for 32 of one network and closes the next one', async () => {
		await serve('unfinished: default');
		const all = await beginMany(34);
		await expectOpen(all, [...Array<boolean>(32).fill(true), false, false]);
	});

	it('a trigger waits for as many as are allowed, and for another one when a body has arrived', async () => {
		await serve('unfinished: two', { options: { maxUnfinishedPerNetwork: 2 } });
		const [first, second, third] = await beginMany(3);
		await expectOpen([first!, second!, third!], [true, true, false]);
		first!.finish();
		await sleep(100);
		expect(server.started).toHaveLength(1);
		await expectOpen(await beginMany(2), [true, false]);
	});

	it('a trigger accepts any number of complete requests meanwhile, and bans no sender', async () => {
		await serve('unfinished: one', { options: { maxUnfinishedPerNetwork: 1 } });
		const [one] = await beginMany(12);
		const bodies = Array.from({ length: 12 }, (_, id) =>
			signed('addOrder', [{}], undefined, `${id}`),
		);
		await Promise.all(bodies.map(async (body) => await server.post(body)));
		expect(server.started).toHaveLength(12);
		expect(one!.isOpen()).toBe(true);
		one!.finish();
		await sleep(100);
		expect(server.started).toHaveLength(13);
		expect(server.logged).toEqual([]);
	});

	onLinux('a trigger waits for no more in total than are allowed', async () => {
		await serve('unfinished: networks', { options: { maxUnfinished: 3 } });
		const all: Unfinished[] = [];
		for (const host of [1, 2, 3, 4]) all.push(await begin(undefined, `127.0.0.${host}`));
		await sleep(A_MOMENT);
		await expectOpen(all, [true, true, true, false]);
	});

	it('an Elektrik.ru Trigger waits for 32 of one network', async () => {
		served = await serveElektrik({ responseMode: 'lastNode' }, () => undefined);
		await expectOpen(await beginMany(33), [...Array<boolean>(32).fill(true), false]);
	});
});

describe('in a network where unknown senders are banned, the Exapi Trigger', () => {
	beforeEach(async () => {
		await serve(`banned: ${String(expect.getState().currentTestName)}`);
		const wrong = signed('addOrder', [{}], NOBODY);
		for (let failure = 1; failure <= 5; failure++) await server.post(wrong);
	});

	it('rejects a request whose body has not arrived', async () => {
		const unfinished = await begin();
		await sleep(500);
		expect(unfinished.isOpen()).toBe(false);
		expect(server.started).toEqual([]);
	});

	it('accepts a partner’s complete request, even if its body arrives a moment later', async () => {
		expect(resultIn(await server.post(signed('addOrder', [{}])))).toBe(5001);
		(await begin()).finish();
		await sleep(500);
		expect(server.started).toHaveLength(2);
	});
});
