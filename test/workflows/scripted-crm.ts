import type { IncomingHttpHeaders } from 'node:http';
import { serve } from '../unit/shared/loopback';
import { ACCESS_KEY, USERNAME } from './clientright-bench';
import { askNode, runNode, type EditorQuestion, type NodeOutcome, type NodeRun } from './engine';
import { readRequest } from './faults/front';

/** A call that a scripted CRM received. */
export interface ScriptedCall {
	operation: string;
	httpMethod: string;
	fields: Record<string, string>;
	/** Of a form with one. */
	file?: ScriptedFile;
}

/** A file that a scripted CRM received. */
export interface ScriptedFile {
	/** Name of the part. */
	part: string;
	name: string;
	type: string;
	content: Buffer;
}

/** What a call is answered with when it is not a text with HTTP 200. */
export interface ScriptedAnswer {
	status?: number;
	/** Whether the connection breaks where the body would end. */
	isCut?: boolean;
	body: string;
}

type Answered = string | ScriptedAnswer;

/** The body that a call is answered with, to the byte. */
export type Script = Answered | ((call: ScriptedCall) => Answered | Promise<Answered>);

/** A CRM that logs anybody in and answers each operation with what the test says. */
export interface ScriptedCrm {
	url: string;
	calls: ScriptedCall[];
	run(
		operation: string,
		parameters: NodeRun['parameters'],
		more?: Partial<NodeRun>,
	): Promise<NodeOutcome>;
	/** Asks the node as the editor does. */
	ask(question: Omit<EditorQuestion, 'credentials' | 'node'>): Promise<unknown>;
	stop(): Promise<void>;
}

const LOGIN: Record<string, Script> = {
	getchallenge: success({ token: 'scriptedToken' }),
	login: success({ sessionName: 'scriptedSession', userId: '19x1', version: '0.22' }),
};

export function success(result: unknown): string {
	return JSON.stringify({ success: true, result });
}

export function failure(code: string, message: string): string {
	return JSON.stringify({ success: false, error: { code, message } });
}

async function readForm(
	{ 'content-type': type = '' }: IncomingHttpHeaders,
	body: Buffer,
): Promise<{ fields: Record<string, string>; file?: ScriptedFile }> {
	if (!type.startsWith('multipart/')) {
		return { fields: Object.fromEntries(new URLSearchParams(body.toString())) };
	}
	const parsed = new Response(new Uint8Array(body), { headers: { 'content-type': type } });
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- a parser that is not ours is what is wanted
	const form = await parsed.formData();
	const fields: Record<string, string> = {};
	let file: ScriptedFile | undefined;
	for (const [part, value] of form.entries()) {
		if (typeof value === 'string') fields[part] = value;
		else {
			const content = Buffer.from(await value.arrayBuffer());
			file = { part, name: value.name, type: value.type, content };
		}
	}
	return { fields, ...(file && { file }) };
}

/** @param script by the name of the operation */
export async function startScriptedCrm(script: Record<string, Script>): Promise<ScriptedCrm> {
	const calls: ScriptedCall[] = [];
	const server = await serve((incoming, response) => {
		void readRequest(incoming).then(async ({ path, headers, body }) => {
			const query = path.split('?')[1] ?? '';
			const { fields: sent, file } = await readForm(headers, body);
			const fields = { ...Object.fromEntries(new URLSearchParams(query)), ...sent };
			const { operation = '' } = fields;
			const httpMethod = incoming.method ?? '';
			const call = { operation, httpMethod, fields, ...(file && { file }) };
			calls.push(call);
			const found = { ...LOGIN, ...script }[operation] ?? failure('UNKNOWN', 'not in the script');
			const answered = typeof found === 'function' ? await found(call) : found;
			const answer = typeof answered === 'string' ? { body: answered } : answered;
			const { status = 200, isCut = false } = answer;
			const length = Buffer.byteLength(answer.body);
			response.writeHead(status, {
				'content-type': 'application/json',
				...(isCut && { 'content-length': length + 1 }),
			});
			if (isCut) response.write(answer.body, () => response.destroy());
			else response.end(answer.body);
		});
	});
	const credentials = {
		clientRightApi: {
			url: `${server.url}/webservice.php`,
			username: USERNAME,
			accessKey: ACCESS_KEY,
			allowUnauthorizedCerts: false,
		},
	};
	return {
		url: server.url,
		calls,
		stop: async () => await server.close(),
		ask: async (question) => await askNode({ node: 'clientRight', credentials, ...question }),
		run: async (operation, parameters, more = {}) => {
			const [resource, name] = operation.split('.');
			return await runNode({
				node: 'clientRight',
				parameters: { resource, operation: name, ...parameters },
				credentials,
				...more,
			});
		},
	};
}
