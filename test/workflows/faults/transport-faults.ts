import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault';
import type { Struck } from './front';
import { UNKNOWN_HOST } from './unknown-host';

const REOPENED_AFTER = 100;
/** Seconds; much longer than a partner at work needs, also on a busy machine. */
const SHORT_TIMEOUT = 2;

/** What goes wrong before an answer, or keeps it from coming to its end. */
export const TRANSPORT_FAULTS: readonly Fault[] = [
	{
		title: 'Connection refused',
		effect: 'notSent',
		carriedOut: false,
		away: async (front) => {
			await front.shut();
			return { again: () => void setTimeout(() => front.reopen(), REOPENED_AFTER) };
		},
	},
	{
		title: 'Host name unknown',
		effect: 'notSent',
		carriedOut: false,
		lastingOnly: true,
		address: (url) => url.replace('127.0.0.1', UNKNOWN_HOST),
	},
	{
		title: 'TLS: self-signed certificate',
		effect: 'notSent',
		carriedOut: false,
		lastingOnly: true,
		tls: true,
	},
	{
		title: 'TLS: self-signed certificate, "Ignore SSL Issues" on',
		effect: 'usable',
		carriedOut: true,
		lastingOnly: true,
		tls: true,
		allowUnauthorizedCerts: true,
	},
	{
		title: 'TLS to a port without TLS',
		effect: 'notSent',
		carriedOut: false,
		lastingOnly: true,
		address: (url) => url.replace('http:', 'https:'),
	},
	{
		title: 'Reset before the partner received the whole request',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: false,
		strike: ({ response }) => reset(response),
	},
	{
		title: 'Reset before the response',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: true,
		strike: async ({ forward, response }) => {
			await forward();
			reset(response);
		},
	},
	{
		title: 'Reset before the response, the sender was accepted just before',
		effect: 'lost',
		effectFor: { exapi: 'refusal' },
		carriedOut: true,
		only: ['exapi'],
		warm: true,
		strike: async ({ forward, response }) => {
			await forward();
			reset(response);
		},
	},
	{
		title: 'Reset during the response',
		effect: 'lost',
		carriedOut: true,
		strike: async ({ forward, response }) => {
			const { body, headers } = await forward();
			const type = headers['content-type'] ?? 'text/plain';
			response.writeHead(200, { 'content-type': type, 'content-length': body.length });
			await new Promise((resolve) => {
				response.write(body.subarray(0, Math.ceil(body.length / 2)), resolve);
			});
			await untilRead();
			reset(response);
		},
	},
	{
		title: 'The route breaks after the request (EHOSTUNREACH)',
		effect: 'lost',
		carriedOut: true,
		strike: async ({ forward, breakClient }) => {
			await forward();
			breakClient('EHOSTUNREACH', 'read');
		},
	},
	{
		title: 'TLS breaks after the request (EPROTO)',
		effect: 'lost',
		carriedOut: true,
		tls: true,
		allowUnauthorizedCerts: true,
		strike: async ({ forward, breakClient }) => {
			await forward();
			breakClient('EPROTO', 'write');
		},
	},
	{
		title: 'No response in time',
		effect: 'lost',
		carriedOut: true,
		timeout: SHORT_TIMEOUT,
		strike: async ({ forward }) => {
			await forward();
		},
	},
	{
		title: 'A response that is too slow',
		effect: 'lost',
		carriedOut: true,
		timeout: SHORT_TIMEOUT,
		strike: async ({ forward, response }) => {
			const { body, headers } = await forward();
			const type = headers['content-type'] ?? 'text/plain';
			response.writeHead(200, { 'content-type': type, 'content-length': body.length + 1_000 });
			const timer = setInterval(() => response.write(' '), 100);
			if (response.destroyed) clearInterval(timer);
			else response.once('close', () => clearInterval(timer));
		},
	},
	{
		title: 'The user stops the execution',
		effect: 'stopped',
		carriedOut: true,
		lastingOnly: true,
		strike: async ({ forward }, { stop }) => {
			await forward();
			stop();
		},
	},
];

function reset(response: Struck['response']): void {
	response.socket?.resetAndDestroy();
}

/**
 * A reset throws away what the other side has not read yet. It is in this process: it reads in the
 * next turns of the event loop.
 */
async function untilRead(): Promise<void> {
	await sleep(30);
	for (let turns = 0; turns < 5; turns++) await turn();
}
