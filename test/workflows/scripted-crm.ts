import { serve } from '../unit/shared/loopback';
import { ACCESS_KEY, USERNAME } from './clientright-bench';
import { askNode, runNode, type EditorQuestion, type NodeOutcome, type NodeRun } from './engine';
import { readRequest } from './faults/front';

/** A call that a scripted CRM received. */
export interface ScriptedCall {
	operation: string;
	httpMethod: string;
	fields: Record<string, string>;
}

/** The body that a call is answered with, to the byte. */
export type Script = string | ((call: ScriptedCall) => string | Promise<string>);

/** A CRM that logs anybody in and answers each operation with what the test says. */
export interface ScriptedCrm {
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

/** @param script by the name of the operation */
export async function startScriptedCrm(script: Record<string, Script>): Promise<ScriptedCrm> {
	const calls: ScriptedCall[] = [];
	const server = await serve((incoming, response) => {
		void readRequest(incoming).then(async ({ path, body }) => {
			const query = path.split('?')[1] ?? '';
			const fields = Object.fromEntries(new URLSearchParams(`${query}&${body.toString()}`));
			const { operation = '' } = fields;
			const call = { operation, httpMethod: incoming.method ?? '', fields };
			calls.push(call);
			const answer = { ...LOGIN, ...script }[operation] ?? failure('UNKNOWN', 'not in the script');
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(typeof answer === 'string' ? answer : await answer(call));
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
