import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { QUICK } from '../extent';

const CALLS_PER_SECOND = 1_000;
const SECONDS = QUICK ? 2 : 10;

/** Makes calls at the pace above and prints the ids of their requests. Nothing leaves the process. */
const PROGRAM = `
const { ExapiClient } = require('./client/client.js');
const { writeAnswer } = require('./protocol/index.js');
const key = { sender: 'partner_7', secret: 'x' };
const ids = [];
const send = async ({ body }) => {
	const { id } = JSON.parse(JSON.parse(body).request);
	ids.push(id);
	const text = writeAnswer({ result: 1, error: null, id }, key);
	return { status: 200, headers: {}, body: Buffer.from(text) };
};
const client = new ExapiClient({ url: 'http://crm.invalid/', key, timeZone: 'UTC' }, send);
const call = () => client.call({ method: 'x', params: [] }, { changes: true, timeout: 60000 });
const startedAt = performance.now();
let made = 0;
const timer = setInterval(async () => {
	const due = Math.min((performance.now() - startedAt) * ${CALLS_PER_SECOND / 1_000}, ${CALLS_PER_SECOND * SECONDS});
	const calls = [];
	for (; made < due; made++) calls.push(call());
	if (made === ${CALLS_PER_SECOND * SECONDS}) clearInterval(timer);
	await Promise.all(calls);
	if (ids.length === ${CALLS_PER_SECOND * SECONDS}) process.stdout.write(JSON.stringify(ids));
}, 5);
`;

async function idsOfProcess(): Promise<string[]> {
	const cwd = join(__dirname, '..', '..', 'dist', 'nodes', 'Exapi');
	const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM], {
		cwd,
		maxBuffer: 16 * 1024 * 1024,
	});
	return JSON.parse(stdout) as string[];
}

it(`two processes that make 1,000 calls a second for ${SECONDS} s never use an id twice`, async () => {
	const ids = (await Promise.all([idsOfProcess(), idsOfProcess()])).flat();
	expect(ids).toHaveLength(2 * CALLS_PER_SECOND * SECONDS);
	expect(new Set(ids).size).toBe(ids.length);
	expect(ids.filter((id) => !/^\d{16}$/.test(id) || Number(id) >= 2 ** 53)).toEqual([]);
});
