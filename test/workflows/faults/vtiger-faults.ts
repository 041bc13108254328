import { answering, type Fault } from './fault';

/** vtiger answers so with HTTP 200, and has done nothing. */
const refusing =
	(code: string, message: string): Fault['strike'] =>
	({ response }) => {
		const body = JSON.stringify({ success: false, error: { code, message } });
		response.writeHead(200, { 'content-type': 'application/json' }).end(body);
	};

const ONLY = { only: ['clientRight'] } as const;

/** What a vtiger answers of its own accord (docs/protocols/vtiger.md, 3.6, 5.2 and 7.3). */
export const VTIGER_FAULTS: readonly Fault[] = [
	{
		title: 'The session has expired (INVALID_SESSIONID)',
		effect: 'keptOff',
		carriedOut: false,
		...ONLY,
		strike: refusing('INVALID_SESSIONID', 'Session Identifier provided is Invalid'),
	},
	{
		title: 'The user lacks a right (ACCESS_DENIED)',
		effect: 'keptOff',
		carriedOut: false,
		...ONLY,
		strike: refusing('ACCESS_DENIED', 'Permission to perform the operation is denied'),
	},
	{
		title: 'The module is not known (ACCESS_DENIED, denied for name)',
		effect: 'keptOff',
		carriedOut: false,
		...ONLY,
		strike: refusing(
			'ACCESS_DENIED',
			'Permission to perform the operation is denied for name : Contacts',
		),
	},
	{
		title: 'Control characters in the JSON, as a vtiger 8.4 writes them',
		effect: 'usable',
		carriedOut: true,
		...ONLY,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				body: body.toString('utf8').replace(/\}\s*$/, ',"note":"\u000b\u0001"}'),
			})),
	},
];

/** Titles of those that only a call within a session can meet. */
export const WITHIN_SESSION: readonly string[] = VTIGER_FAULTS.slice(0, 3).map(
	({ title }) => title,
);
