import { answering, HTML, type Fault } from './fault';
import { bytesBeforeEnd, inWindows1251 } from './spoilt-bytes';

const PHP_WARNING =
	'<br />\n<b>Warning</b>:  Undefined array key "city" in <b>/var/www/api.php</b> on line <b>7</b><br />\n';

const PHP_NOTICE =
	'<br />\n<b>Notice</b>:  Undefined index: {"sign": in <b>/var/www/api.php</b> on line <b>9</b><br />\n';

/** The right answer, spoilt on its way or by the script that wrote it. */
export const SPOILT_FAULTS: readonly Fault[] = [
	{
		title: 'Half a response that looks complete',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				body: body.subarray(0, Math.ceil(body.length / 2)),
			})),
	},
	{
		title: 'Invalid UTF-8 next to the result',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({ body: bytesBeforeEnd(body) })),
	},
	{
		title: 'windows-1251, declared in the header',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body, headers }) => ({
				body: inWindows1251(body),
				headers: {
					'content-type': `${headers['content-type']?.split(';')[0] ?? 'text/plain'}; charset=windows-1251`,
				},
			})),
	},
	{
		title: 'windows-1251, not declared',
		effect: 'either',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({ body: inWindows1251(body) })),
	},
	{
		title: 'A byte order mark before the response',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				body: Buffer.concat([Buffer.from('\uFEFF'), body]),
			})),
	},
	{
		title: 'A PHP warning before the response',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				headers: HTML,
				body: Buffer.concat([Buffer.from(PHP_WARNING), body]),
			})),
	},
	{
		title: 'PHP notices before and after the response, with braces and quotes',
		effect: 'usable',
		carriedOut: true,
		strike: async (struck) =>
			await answering(struck, ({ body }) => ({
				headers: HTML,
				body: Buffer.concat([Buffer.from(PHP_NOTICE), body, Buffer.from(PHP_NOTICE)]),
			})),
	},
	{
		title: 'An empty list as the error, next to the result',
		effect: 'usable',
		carriedOut: true,
		only: ['exapi'],
		strike: async (struck, { service }) =>
			await answering(struck, (answer) => ({ body: service.rewritten!.emptyError(answer) })),
	},
	{
		title: 'A number beyond 2^53 next to the result',
		effect: 'usable',
		carriedOut: true,
		only: ['exapi'],
		strike: async (struck, { service }) =>
			await answering(struck, (answer) => ({ body: service.rewritten!.longNumber(answer) })),
	},
	{
		title: 'The order number in lower case, with a space',
		effect: 'usable',
		carriedOut: true,
		only: ['exapi'],
		strike: async (struck, { service }) =>
			await answering(struck, (answer) => ({ body: service.rewritten!.orderNumber(answer) })),
	},
	{
		title: 'Wrong signature',
		effect: 'lost',
		carriedOut: true,
		only: ['exapi'],
		strike: async (struck, { service }) =>
			await answering(struck, (answer) => ({ body: service.wrongSignature!(answer) })),
	},
	{
		title: 'The answer to another request',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck, { service }) =>
			await answering(struck, (answer) => ({
				body: service.otherAnswer(answer, struck.request),
			})),
	},
];
