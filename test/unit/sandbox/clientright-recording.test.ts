import { createHash } from 'node:crypto';
import type { ClientRightCrm, Quirks } from '../../../sandbox/clientright';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import {
	ANSWERED_AS_DOCUMENTED,
	NOT_REPRODUCED,
	OTHER_RECORD,
	TESTED_APART,
} from './clientright-differences';
import { RECORDING, send, type Answer, type Exchange } from './clientright-recording';
import { RIG_FILES, RIG_OPERATIONS } from './clientright-rig';

/** The access key of the recorded user: `login.raw-accessKey` sends it. */
const ACCESS_KEY = 'GZv7iIC1zoTPbjWb';
const SESSION = /sessionName(?:%5B%5D)?=([0-9a-f]{20,21})\b/;

let sandbox: Sandbox;
let crm: ClientRightCrm;
let url: string;
/** Sessions and answers to challenges, as recorded, and what they are in the sandbox. */
const renamed = new Map<string, string>();
/** Ids of records, as recorded, and what they are in the sandbox. */
const ids = new Map<string, string>();

beforeAll(async () => {
	sandbox = createSandbox({
		clientright: { users: { admin: ACCESS_KEY }, operations: RIG_OPERATIONS },
	});
	crm = sandbox.clientright.crm;
	({ url } = (await sandbox.start()).clientright);
});

afterAll(() => sandbox.stop());

async function challenge(): Promise<string> {
	const response = await fetch(`${url}?operation=getchallenge&username=admin`);
	const { result } = (await response.json()) as { result: { token: string } };
	return result.token;
}

async function rightAnswer(): Promise<string> {
	return createHash('md5')
		.update((await challenge()) + ACCESS_KEY)
		.digest('hex');
}

/** Lets a recorded md5 stand for the right answer to a new challenge. */
async function answerChallenge(recorded: string): Promise<void> {
	const answer = await rightAnswer();
	renamed.set(recorded, answer);
	renamed.set(recorded.toUpperCase(), answer.toUpperCase());
}

async function logIn(): Promise<string> {
	const accessKey = await rightAnswer();
	const body = new URLSearchParams({ operation: 'login', username: 'admin', accessKey });
	const response = await fetch(url, { method: 'POST', body });
	const { result } = (await response.json()) as { result: { sessionName: string } };
	return result.sessionName;
}

function newestSession(): number | undefined {
	return crm.sessions().at(-1)?.number;
}

/** Another request than those of the session at hand. */
const otherTraffic = challenge;

const FIRST_ANSWER = 'aa06751e1b28ee2ae23f6649f8a7f544';
const AFTER_CHALLENGE_LOST = '4780ba79f2071aec0ba08ee3ef11a0d7';

/** What had happened to the recorded CRM before an exchange. */
const BEFORE: Readonly<Record<string, () => unknown>> = {
	'login.ok': () => answerChallenge(FIRST_ANSWER),
	'login.superseded-token': challenge,
	'login.token-expired': async () => {
		await answerChallenge(AFTER_CHALLENGE_LOST);
		crm.expireChallenges();
	},
	'login.no-token-at-all': () => {
		crm.removeUser('admin');
		crm.setUser('admin', { accessKey: ACCESS_KEY });
	},
	'login.inactive-user': async () => {
		await answerChallenge('1b94f68d4182ffe0e66a2fb5f478805e');
		crm.setUser('admin', { accessKey: ACCESS_KEY, active: false });
	},
	'session.former-still-valid': () => {
		crm.setUser('admin', { accessKey: ACCESS_KEY });
	},
	'GetFilesList.sessionName-ok': () => {
		crm.addFiles(crm.contacts()[0]!.id, ...RIG_FILES);
	},
	'db.down': () => crm.injectFault({ kind: 'fatal' }),
	'session.file-aged-2h-no-gc': () => {
		crm.setQuirks({ expirySweep: 'never' });
		crm.ageSessions(7_200_000, newestSession());
	},
	'session.expired-by-gc': async () => {
		crm.setQuirks({ expirySweep: 'everyRequest' });
		crm.ageSessions(7_200_000, newestSession());
		await otherTraffic();
	},
	'session.idle-forced': () => crm.expireSessions('SESSION_LEFT_IDLE', newestSession()),
	'session.life-forced': () => crm.expireSessions('SESSION_EXPIRED', newestSession()),
	'after-failed-create.next-create': () => crm.injectFault({ kind: 'error', ms: 20 }),
};

/** How the recorded CRM was set up for an exchange. */
function quirksOf({ name, request }: Exchange): Partial<Quirks> {
	const switches = request.headers ?? {};
	const isProduction = name.startsWith('ob4096.');
	return {
		version: '7.2',
		cookiesAsParameters: !isProduction,
		outputBuffering: isProduction,
		displayErrors: switches['X-Dev'] === 'handler',
		workingLogout: switches['X-OldPhp'] === '1',
		strictDatabase: name.startsWith('strict-sql.'),
	};
}

async function replay(exchange: Exchange): Promise<Answer> {
	crm.setQuirks(quirksOf(exchange));
	const { request } = exchange;
	const session = SESSION.exec(`${request.url} ${request.body}`)?.[1];
	if (session !== undefined && !renamed.has(session)) renamed.set(session, await logIn());
	await BEFORE[exchange.name]?.();
	return await send(exchange, url, asOfNow);
}

function asOfNow(text: string): string {
	return text
		.replace(/\b[0-9a-f]{20,32}\b/gi, (value) => renamed.get(value) ?? value)
		.replace(/\b(contactid|offenderid)=(\d+)/g, (_match, name: string, id: string) => {
			return `${name}=${ids.get(id) ?? id}`;
		})
		.replace(/\bid=(\d+)x(\d+)/g, (_match, prefix: string, id: string) => {
			return `id=${prefix}x${ids.get(id) ?? id}`;
		});
}

/** What cannot be the same: tokens, times, sessions, ids of new records. */
function withoutChance(body: string): string {
	return body
		.replace(/"token":"[0-9a-f]{13}"/, '"token":"…"')
		.replace(/"serverTime":(\d{10}),"expireTime":(\d{10})/, (_match, from: string, to: string) => {
			return `"serverTime":…,"expireTime":…+${Number(to) - Number(from)}`;
		})
		.replace(/"sessionName":"[0-9a-f]{20,21}"/, '"sessionName":"…"')
		.replace(/^(\{"success":true,"result":)"\d+"\}$/, '$1"…"}')
		.replace(/"id":"(\d+)x\d+"/, '"id":"$1x…"');
}

/** Long bodies are recorded with their middle left out. */
function abridged({ body, bytes }: Answer, recorded: Exchange['response']): string {
	if (recorded.bodyBytes === undefined) return withoutChance(body);
	const [start = '', end = ''] = recorded.body.split(/…\[\d+ chars in all\]…/);
	return `${body.slice(0, start.length)}…[${bytes} chars in all]…${body.slice(-end.length)}`;
}

function keepNames(answer: Answer, { name, request, response }: Exchange): void {
	const session = /"sessionName":"(\w+)"/;
	const [then, now] = [session.exec(response.body)?.[1], session.exec(answer.body)?.[1]];
	if (then !== undefined && now !== undefined) renamed.set(then, now);
	const record = /^\{"success":true,"result":"(\d+)"\}$/;
	const [idThen, idNow] = [record.exec(response.body)?.[1], record.exec(answer.body)?.[1]];
	if (idThen === undefined || idNow === undefined || !request.body?.includes('operation=Create'))
		return;
	const known = ids.get(idThen);
	expect(known === undefined || known === idNow).toBe(true);
	expect([...ids.values()].includes(idNow)).toBe(
		known !== undefined || OTHER_RECORD.includes(name),
	);
	ids.set(idThen, idNow);
}

const isReplayed = ({ name }: Exchange) =>
	!Object.hasOwn(NOT_REPRODUCED, name) && !TESTED_APART.includes(name);

describe('a recorded vtiger and the sandbox answer alike', () => {
	it.each(RECORDING.filter(isReplayed).map((exchange) => [exchange.name, exchange] as const))(
		'%s',
		async (name, exchange) => {
			const answer = await replay(exchange);

			const { status, contentType, body } = exchange.response;
			expect({
				status: answer.status,
				contentType: answer.contentType,
				body: abridged(answer, exchange.response),
			}).toEqual({
				status: Number(status?.split(' ')[1]),
				contentType,
				body: ANSWERED_AS_DOCUMENTED[name] ?? withoutChance(body),
			});
			keepNames(answer, exchange);
		},
	);
});

it('leaves no exchange out without a reason', () => {
	const names = RECORDING.map(({ name }) => name);
	const lists = [NOT_REPRODUCED, ANSWERED_AS_DOCUMENTED].flatMap(Object.keys);

	expect(RECORDING).toHaveLength(199);
	expect(names).toEqual(expect.arrayContaining([...lists, ...TESTED_APART, ...OTHER_RECORD]));
	expect(RECORDING.filter(isReplayed)).toHaveLength(
		199 - Object.keys(NOT_REPRODUCED).length - TESTED_APART.length,
	);
});
