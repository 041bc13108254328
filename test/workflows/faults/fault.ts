import type { Effect } from './effect';
import type { Front, PartnerAnswer, Struck } from './front';
import type { Kind, Service, ServiceName, Subject } from './subject';

/** What a fault has to work with, besides the request that it strikes. */
export interface Surroundings {
	service: Service;
	/** An address of another host, where nobody may send anything. */
	elsewhere: string;
	/** Stops the execution, as a user does. */
	stop: () => void;
	/** Bytes that the client took of an answer without end. */
	count: (bytes: number) => void;
}

export interface Fault {
	/** Row of the table. */
	title: string;
	effect: Effect;
	/** Where the effect is another one. */
	effectFor?: Partial<Record<ServiceName, Effect>>;
	/** Whether the partner carried the struck request out. */
	carriedOut: boolean;
	/** The services that it can befall; all by default. */
	only?: readonly ServiceName[];
	/** It has no end, or only the user can bring it about: it is not played as a passing one. */
	lastingOnly?: boolean;
	/** Does what goes wrong with one request; absent where none comes so far. */
	strike?: (struck: Struck, surroundings: Surroundings) => Promise<void> | void;
	/** The partner accepted a request of this sender just before. */
	warm?: boolean;
	/** The front speaks TLS, with a certificate that nobody knows. */
	tls?: boolean;
	allowUnauthorizedCerts?: boolean;
	/** The address that the credential has in place of the front's. */
	address?(frontUrl: string): string;
	/** Makes the front unreachable; `again` brings it back. */
	away?(front: Front): Promise<{ again(): void }>;
	/** Seconds to wait for an answer; so many that they never matter by default. */
	timeout?: number;
}

/** The effect that counts for an operation. */
export function effectOf(
	fault: Fault,
	{ name }: Service,
	{ effects, struckBefore }: Subject,
): Effect {
	const effect = effects?.[fault.title] ?? fault.effectFor?.[name] ?? fault.effect;
	return struckBefore && effect === 'lost' ? 'keptOff' : effect;
}

export function isSpared(fault: Fault, service: Service, subject: Subject): boolean {
	const elsewhere = fault.only !== undefined && !fault.only.includes(service.name);
	return elsewhere || (subject.spared ?? []).includes(fault.title);
}

export function isWrite(kind: Kind): boolean {
	return kind !== 'read';
}

/** Of pages, and of what PHP has printed into before its own headers. */
export const HTML = { 'content-type': 'text/html; charset=UTF-8' };

/** Answers whatever the fault wants, once the partner has done its work. */
export async function answering(
	{ forward, response }: Struck,
	spoil: (answer: PartnerAnswer) => {
		status?: number;
		headers?: Record<string, string>;
		body?: Buffer | string;
	},
): Promise<void> {
	const answer = await forward();
	const { status = answer.status, headers = {}, body = answer.body } = spoil(answer);
	const bytes = Buffer.from(body);
	response.writeHead(status, {
		'content-type': answer.headers['content-type'] ?? 'text/plain',
		...(status === 204 ? {} : { 'content-length': bytes.length }),
		...headers,
	});
	response.end(bytes);
}
