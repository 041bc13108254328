import { isTimeZone, type ExapiKey } from '../../nodes/Exapi/protocol';
import { ConnectionCounter } from '../connections';
import { Admission } from './admission';
import { createFaultPlan, type ExapiFaultPlan } from './faults';
import { OrderBook } from './order-book';
import { DEFAULT_QUIRKS, type Quirks } from './quirks';
import { RequestLog } from './request-log';

/** The partner of a sandbox that is given none. Invented, of no use anywhere else. */
export const SANDBOX_PARTNER = { sender: 'sandbox-partner', secret: 'sandbox-secret' } as const;

export interface ExapiOptions {
	/** Secret, or several, by sender; default {@link SANDBOX_PARTNER} alone. */
	partners?: Readonly<Record<string, string | readonly string[]>>;
	/** The CRM's IANA time zone; default Europe/Moscow. */
	timeZone?: string;
	quirks?: Partial<Quirks>;
	/** Failed requests that ban an address and sender; default 5; `null`: nobody is banned. */
	maxFailures?: number | null;
	/** How many requests are kept to be looked at; default 10,000. */
	keepRequests?: number;
}

/** All that one CRM remembers. */
export interface CrmState {
	readonly timeZone: string;
	readonly book: OrderBook;
	readonly log: RequestLog;
	readonly faults: ExapiFaultPlan;
	readonly admission: Admission;
	readonly connections: ConnectionCounter;
	quirks: Quirks;
}

/** @throws Error when the time zone is unknown */
export function createCrmState(options: ExapiOptions): CrmState {
	const timeZone = options.timeZone ?? 'Europe/Moscow';
	if (!isTimeZone(timeZone)) {
		throw new Error(`"${timeZone}" is not a time zone. Give an IANA name such as Europe/Moscow`);
	}
	return {
		timeZone,
		book: new OrderBook(timeZone),
		log: new RequestLog(options.keepRequests ?? 10_000),
		faults: createFaultPlan(),
		admission: new Admission(secretsBySender(options), maxFailuresOf(options)),
		connections: new ConnectionCounter(),
		quirks: { ...DEFAULT_QUIRKS, ...options.quirks },
	};
}

/** Takes a CRM back to the moment it was created. Connections stay open. */
export function resetCrmState(state: CrmState, options: ExapiOptions): void {
	state.book.reset();
	state.log.reset();
	state.faults.clear();
	state.connections.reset();
	state.quirks = { ...DEFAULT_QUIRKS, ...options.quirks };
	state.admission.reset();
	state.admission.maxFailures = maxFailuresOf(options);
	state.admission.partners.clear();
	for (const [sender, secrets] of secretsBySender(options))
		state.admission.partners.set(sender, secrets);
}

/** The partners of a CRM as it is created. */
export function partnersOf({ partners }: ExapiOptions): NonNullable<ExapiOptions['partners']> {
	return partners ?? { [SANDBOX_PARTNER.sender]: SANDBOX_PARTNER.secret };
}

/** A partner's key, with the newest of its secrets; without a name, that of the first partner. */
export function partnerKey({ admission }: CrmState, sender?: string): ExapiKey | undefined {
	const [first] = admission.partners.keys();
	const name = sender ?? first;
	const [secret] = (name !== undefined && admission.partners.get(name)) || [];
	return name === undefined || secret === undefined ? undefined : { sender: name, secret };
}

function secretsBySender(options: ExapiOptions): Map<string, readonly string[]> {
	const partners = Object.entries(partnersOf(options));
	return new Map(partners.map(([sender, secrets]) => [sender, [secrets].flat()]));
}

function maxFailuresOf({ maxFailures = 5 }: ExapiOptions): number | null {
	return maxFailures;
}
