import type { ExapiKey } from '../../nodes/Exapi/protocol';
import { isTimeZone } from '../../nodes/Exapi/protocol';
import { FaultPlan } from '../core/faults';
import { ConnectionCounter, CountByName, MostAtOnce, RequestLog } from '../core/log';
import { Authentication } from './authentication';
import { FAULT_RULES, type Fault, type ReceivedRequest } from './faults';
import { OrderStore } from './order-store';
import { DEFAULT_QUIRKS, type Quirks } from './quirks';

/** The partner of a sandbox that is given none. Invented, of no use anywhere else. */
export const SANDBOX_PARTNER = { sender: 'sandbox-partner', secret: 'sandbox-secret' } as const;

export interface ExapiOptions {
	/** Secret by sender; default {@link SANDBOX_PARTNER} alone. */
	partners?: Readonly<Record<string, string>>;
	/** The CRM's IANA time zone; default Europe/Moscow. */
	timeZone?: string;
	/** How many requests are stored for the log; default 10,000. */
	keepRequests?: number;
}

/** A message that was sent to a webhook. */
export interface SentMessage {
	body: string;
	key: ExapiKey;
	id: string;
}

/** All that one CRM and its partner remember. */
export interface ExapiState {
	readonly timeZone: string;
	/** Secret by sender. */
	readonly partners: ReadonlyMap<string, string>;
	readonly book: OrderStore;
	readonly authentication: Authentication;
	readonly log: RequestLog<ReceivedRequest>;
	readonly faults: FaultPlan<Fault, ReceivedRequest>;
	readonly connections: ConnectionCounter;
	readonly requestsAtOnce: MostAtOnce;
	/** Authenticated requests. */
	readonly methods: CountByName;
	readonly outcomes: CountByName;
	/** Orders that were sent, stored or not. */
	readonly receipts: CountByName;
	/** The last message to each address. */
	readonly sent: Map<string, SentMessage>;
	quirks: Quirks;
}

/** @throws Error when the time zone is unknown */
export function createState(options: ExapiOptions): ExapiState {
	const timeZone = options.timeZone ?? 'Europe/Moscow';
	if (!isTimeZone(timeZone)) {
		throw new Error(`"${timeZone}" is not a time zone. Give an IANA name such as Europe/Moscow`);
	}
	const { partners = { [SANDBOX_PARTNER.sender]: SANDBOX_PARTNER.secret } } = options;
	const secrets = new Map(Object.entries(partners));
	return {
		timeZone,
		partners: secrets,
		book: new OrderStore(timeZone),
		authentication: new Authentication(secrets),
		log: new RequestLog(options.keepRequests),
		faults: new FaultPlan(FAULT_RULES),
		connections: new ConnectionCounter(),
		requestsAtOnce: new MostAtOnce(),
		methods: new CountByName(),
		outcomes: new CountByName(),
		receipts: new CountByName(),
		sent: new Map(),
		quirks: { ...DEFAULT_QUIRKS },
	};
}

/** Returns the key of a partner; without a name, that of the first partner. */
export function partnerKey({ partners }: ExapiState, sender?: string): ExapiKey | undefined {
	const [first] = partners.keys();
	const name = sender ?? first;
	const secret = name === undefined ? undefined : partners.get(name);
	return name === undefined || secret === undefined ? undefined : { sender: name, secret };
}
