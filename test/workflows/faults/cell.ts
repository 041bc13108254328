import { stringify } from 'flatted';
import type { IDataObject } from 'n8n-workflow';
import { freePort } from '../../../tools/n8n/free-port';
import { serve } from '../../unit/shared/loopback';
import type { NodeOutcome } from '../engine';
import type { Fault } from './fault';
import { startFront, type Front } from './front';
import { logged } from './log-watch';
import type { Observation, Partner, RunMore, Service, Subject } from './subject';

/** How often a fault strikes, and whether n8n tries the node again. */
export interface Mode {
	/** It strikes one request only. */
	passing: boolean;
	retry: boolean;
}

export const MODES: readonly Mode[] = [
	{ passing: false, retry: false },
	{ passing: false, retry: true },
	{ passing: true, retry: false },
	{ passing: true, retry: true },
];

/** How often n8n runs a node that fails, with Retry On Fail. */
export const TRIES = 2;
const RETRY = { retryOnFail: true, maxTries: TRIES, waitBetweenTries: 1 };
/** Seconds; long enough never to matter. */
export const LONG_TIMEOUT = 60;

/** Plays one fault on one operation, between a node of ours and a partner of its own. */
export async function play(
	service: Service,
	subject: Subject,
	fault: Fault,
	mode: Mode,
): Promise<Observation> {
	const partner = await service.startPartner(subject);
	let strayed = 0;
	const elsewhere = await serve((_, response) => {
		strayed += 1;
		response.end('{}');
	});
	const front = await startFront({
		partner: partner.url,
		isMeant: (request) => subject.isMeant(request),
		tls: fault.tls ?? false,
		port: await freePort(),
	});
	try {
		const played = await playThrough({ service, subject, fault, mode, partner, front }, elsewhere);
		return { ...played, strayed };
	} finally {
		await front.close();
		await elsewhere.close();
		await partner.stop();
	}
}

interface Scene {
	service: Service;
	subject: Subject;
	fault: Fault;
	mode: Mode;
	partner: Partner;
	front: Front;
}

async function playThrough(
	{ service, subject, fault, mode, partner, front }: Scene,
	elsewhere: { url: string },
): Promise<Omit<Observation, 'strayed'>> {
	const stop = new AbortController();
	const more: RunMore = {
		stop: stop.signal,
		options: { timeout: fault.timeout ?? LONG_TIMEOUT },
		allowUnauthorizedCerts: fault.allowUnauthorizedCerts ?? false,
		...(mode.retry && { settings: RETRY }),
	};
	let poured = 0;
	if (fault.warm) await partner.warmUp(front.url, more);
	const surroundings = {
		service,
		elsewhere: new URL(elsewhere.url.replace('127.0.0.1', 'localhost')).origin,
		stop: () => stop.abort(),
		count: (bytes: number) => void (poured += bytes),
	};
	const { strike } = fault;
	front.arm(
		async (struck) => await strike?.(struck, surroundings),
		strike ? (mode.passing ? 1 : Number.POSITIVE_INFINITY) : 0,
	);
	const away = await fault.away?.(front);
	if (mode.passing) away?.again();
	const startedAt = Date.now();
	const address = fault.address?.(front.url) ?? front.url;
	const outcome = await partner.run(subject, address, more);
	const milliseconds = Date.now() - startedAt;
	await front.settled();
	return {
		...readable(outcome, address, subject),
		sent: front.sent(),
		received: partner.received(),
		held: partner.held(),
		poured,
		milliseconds,
		leaks: leaksOf(outcome, subject, service.secretsIn(front.passages)),
	};
}

function readable(
	{ error, items, hints, run }: NodeOutcome,
	address: string,
	{ varies = /(?!)/g }: Subject,
) {
	const works = error === undefined && items.length > 0;
	return {
		works,
		status: run.status,
		message: error?.message ?? '',
		description: error?.description ?? '',
		itemIndex: (error as { context?: IDataObject } | undefined)?.context?.itemIndex,
		hints,
		output: JSON.stringify(items.map(({ json }) => json))
			.replaceAll(address, 'http://partner')
			.replaceAll(varies, '…'),
	};
}

/** Where secrets are to be seen: in the saved run, in the error and all it carries, in the log. */
function leaksOf(
	{ run, error, hints }: NodeOutcome,
	{ showsSecrets = false }: Subject,
	secrets: readonly string[],
): string[] {
	const places: Record<string, string> = {
		message: error?.message ?? '',
		description: error?.description ?? '',
		stack: error?.stack ?? '',
		cause: stringify(error?.cause ?? null),
		'error as JSON': JSON.stringify(error ?? null),
		hints: hints.join('\n'),
		log: logged(),
		...(showsSecrets && error === undefined ? {} : { 'saved run': stringify(run) }),
	};
	return Object.entries(places)
		.filter(([, text]) => secrets.some((secret) => text.includes(secret)))
		.map(([place]) => place);
}
