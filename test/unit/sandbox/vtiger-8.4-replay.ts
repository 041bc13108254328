import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A part of a multipart form, as recorded: a field, a file, or a large file by its size. */
interface Part {
	name: string;
	value?: string;
	filename?: string;
	contentType?: string;
	base64?: string;
	size?: number;
}

/** A request to a real vtiger 8.4 and its answer. */
export interface Exchange {
	name: string;
	request: {
		method: string;
		url: string;
		contentType: string | null;
		body: string | null;
		parts?: Part[];
	};
	response: { status: string; contentType: string; body: string; location?: string };
}

export const RECORDING = JSON.parse(
	readFileSync(join(__dirname, '../../vectors/vtiger-8.4.json'), 'utf8'),
) as Exchange[];

/** An answer, with what depends on time and chance taken out. */
export interface Seen {
	status: number;
	contentType: string | null;
	location: string | null;
	/** JSON, or text. */
	body: unknown;
}

/** The users of the recording; their keys are not in it. */
export const KEYS = { admin: 'adminKey', api: 'apiKey' };
/** Sessions that were not an administrator's. */
const SESSIONS_OF_API = new Set(['b5225ff6b094dd04c41e']);
const ID = /\b\d+x\d+\b/g;
const TIME = /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/g;
const STORAGE = /storage\/\d{4}\/[A-Z][a-z]+\/week\d\/\d+_[0-9a-f]{32}\.pdf/g;

/** Sends recorded requests to a sandbox, where sessions, ids and paths have other values. */
export class Replay {
	/** Recorded ids, sessions, answers to challenges and paths, and what they are now. */
	private readonly now = new Map<string, string>();
	private readonly then = new Map<string, string>();

	/** @param url of `webservice.php` */
	constructor(private readonly url: string) {}

	/** Lets a recorded name stand for what it is now. */
	rename(recorded: string, current: string): void {
		this.now.set(recorded, current);
		if (!this.then.has(current)) this.then.set(current, recorded);
	}

	/** What a recorded name is now. */
	of(recorded: string): string {
		return this.now.get(recorded) ?? recorded;
	}

	async send({ request }: Pick<Exchange, 'request'>): Promise<Response> {
		await this.logInWhereNeeded(request);
		const [path = '', query] = request.url.split('?');
		const address = new URL(`.${this.of(path.slice(1)).replace(/^\/?/, '/')}`, this.url);
		if (query !== undefined) address.search = this.renamedForm(query).toString();
		const { method, parts, contentType } = request;
		const body = parts ? this.form(parts) : this.renamedForm(request.body ?? '').toString();
		return await fetch(address, {
			method,
			redirect: 'manual',
			...(method !== 'GET' && { body }),
			...(!parts && contentType !== null && { headers: { 'Content-Type': contentType } }),
		});
	}

	/** Calls an operation that is not in the recording, in a recorded session. */
	async call(
		operation: string,
		fields: Record<string, string>,
		{ session = '6c9ea8ab6b094d9c4fd4d', file }: { session?: string; file?: Part } = {},
	): Promise<{ id: string; imageattachmentids?: string }> {
		const given = { operation, sessionName: session, ...fields };
		const parts: Part[] = Object.entries(given).map(([name, value]) => ({ name, value }));
		const request = {
			method: 'POST',
			url: '/webservice.php',
			contentType: 'multipart/form-data',
			body: null,
			parts: file ? [...parts, file] : parts,
		};
		const answer = (await (await this.send({ request })).json()) as {
			result?: { id: string } | string;
		};
		if (answer.result === undefined) throw new Error(JSON.stringify(answer));
		return typeof answer.result === 'string' ? { id: answer.result } : answer.result;
	}

	/** Makes a record that the recording has and does not show how it was made. */
	async make(
		recordedId: string,
		elementType: string,
		element: Record<string, string>,
		session?: string,
	): Promise<void> {
		const owned = { assigned_user_id: '19x1', ...element };
		const fields = { elementType, element: JSON.stringify(owned) };
		const { id } = await this.call('create', fields, { session });
		this.rename(recordedId, id);
	}

	/** The answer with recorded names, and without times and chance. */
	seen({ status, headers }: Response, text: string): Seen {
		const recorded = text.replace(ID, (id) => this.then.get(id) ?? id);
		return {
			status,
			contentType: headers.get('content-type'),
			location: headers.get('location'),
			body: bodyOf(recorded),
		};
	}

	/** Learns ids of what both answers made. */
	learn(recorded: unknown, answered: string): void {
		const [before, after] = [resultOf(recorded), resultOf(bodyOf(answered, false))];
		for (const name of ['id', 'imageattachmentids', 'sessionName', 'Accounts', 'Contacts']) {
			const [old, current] = [before?.[name], after?.[name]];
			if (typeof old !== 'string' || typeof current !== 'string') continue;
			const currents = current.split(',');
			old.split(',').forEach((one, index) => {
				if (!this.now.has(one)) this.rename(one, currents[index] ?? '');
			});
		}
	}

	async rightAnswer(username: keyof typeof KEYS): Promise<string> {
		const response = await fetch(`${this.url}?operation=getchallenge&username=${username}`);
		const { result } = (await response.json()) as { result: { token: string } };
		return createHash('md5')
			.update(result.token + KEYS[username])
			.digest('hex');
	}

	private async logInWhereNeeded({ url, body, parts = [] }: Exchange['request']): Promise<void> {
		const fields = new URLSearchParams(`${url.split('?')[1] ?? ''}&${body ?? ''}`);
		const sent = parts.find(({ name }) => name === 'sessionName')?.value;
		const session = sent ?? fields.get('sessionName');
		const accessKey = fields.get('accessKey');
		const username = fields.get('username') === 'api' ? 'api' : 'admin';
		if (accessKey !== null) this.rename(accessKey, await this.rightAnswer(username));
		if (session === null || session === 'abc123' || this.now.has(session)) return;
		const owner = SESSIONS_OF_API.has(session) ? 'api' : 'admin';
		const login = new URLSearchParams({
			operation: 'login',
			username: owner,
			accessKey: await this.rightAnswer(owner),
		});
		const response = await fetch(this.url, { method: 'POST', body: login });
		const { result } = (await response.json()) as { result: { sessionName: string } };
		this.rename(session, result.sessionName);
	}

	private renamedForm(form: string): URLSearchParams {
		const pairs = [...new URLSearchParams(form)].map(([name, value]): [string, string] => {
			// The CRM's own operations speak of contacts without their prefix.
			const contact = name === 'contactid' ? this.of(`12x${value}`).slice(3) : undefined;
			return [name, contact ?? this.renamed(value)];
		});
		return new URLSearchParams(pairs);
	}

	private renamed(value: string): string {
		return this.of(value)
			.replace(ID, (id) => this.of(id))
			.replace(TIME, (time) => this.of(time));
	}

	private form(parts: readonly Part[]): FormData {
		const form = new FormData();
		for (const { name, value, filename, contentType, base64, size } of parts) {
			if (value !== undefined) {
				form.append(name, this.renamed(value));
				continue;
			}
			const bytes = size === undefined ? Buffer.from(base64 ?? '', 'base64') : randomBytes(size);
			form.append(name, new Blob([new Uint8Array(bytes)], { type: contentType }), filename);
		}
		return form;
	}
}

/** JSON without what cannot be the same; text where it is none. */
export function bodyOf(text: string, isMasked = true): unknown {
	const masked = isMasked ? withoutChance(text) : text;
	// 8.4 writes control characters as they are.
	const readable = masked.replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
	try {
		return JSON.parse(readable);
	} catch {
		return masked;
	}
}

/** Tokens, times, sessions, numbers, names of stored files. */
function withoutChance(text: string): string {
	return text
		.replace(/"token":"[0-9a-f]{13}"/, '"token":"…"')
		.replace(/"serverTime":(\d{10}),"expireTime":(\d{10})/, (_match, from: string, to: string) => {
			return `"serverTime":"…","expireTime":"+${Number(to) - Number(from)}"`;
		})
		.replace(/"sessionName":"[0-9a-f]{20,21}"/, '"sessionName":"…"')
		.replace(/"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"/g, '"…"')
		.replace(/"(CON|ACC|LEA|TT|PROJ|DOC|PRO)\d+"/g, '"$1…"')
		.replace(/"fileid":"\d+"/, '"fileid":"…"')
		.replace(/^(\{"success":true,"result":)"\d+"\}$/, '$1"…"}')
		.replace(STORAGE, 'storage/….pdf');
}

function resultOf(body: unknown): Record<string, unknown> | undefined {
	return (body as { result?: Record<string, unknown> } | undefined)?.result;
}
