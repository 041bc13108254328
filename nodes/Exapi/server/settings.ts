import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { IANAZone } from 'luxon';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import { DEFAULT_TIME_ZONE, fieldLabel } from '../../shared/fields';
import { REDIS_CREDENTIAL, type RedisCredential, redisFor } from '../../shared/redis/connection';
import {
	AllowedAddresses,
	readDeadline,
	readWaitingLimits,
	type ResponseMode,
	type WaitingLimits,
} from '../../shared/webhook';
import { type BanRules, MAX_SECONDS } from './bans';
import { triggerFields } from './fields';
import type { OrderRules } from './order-claims';
import { type Partners, partnersIn } from './partners';

/** Reads the data of a trigger's credential by its type. */
export type ReadCredential = <Data extends object>(type: string) => Promise<Data>;

/** How long a reading is used: a removed secret is accepted for at most this time. */
const FRESH_MS = 1_000;

const readings = new LRUCache<string, Promise<object>>({
	max: 1_000,
	ttl: FRESH_MS,
	ttlResolution: 0,
});

/**
 * Reads credentials for a request, once per second for each node. For each reading n8n queries its
 * database, decrypts and, by default, prepares an isolate for expressions, which costs more than
 * everything else a rejected request causes; the cache keeps a flood of requests from triggering a read
 * each.
 */
export function cachedCredentials(node: IWebhookFunctions): ReadCredential {
	return async <Data extends object>(type: string) => (await recentReading(node, type)) as Data;
}

async function recentReading(node: IWebhookFunctions, type: string): Promise<object> {
	const { id: nodeId, credentials } = node.getNode();
	// The key has the workflow: the owner of another one may not be allowed to use this credential.
	const key = JSON.stringify([node.getWorkflow().id, nodeId, type, credentials?.[type]?.id]);
	const known = readings.get(key);
	if (known) return await known;
	const reading = node.getCredentials<object>(type);
	// After an error, the next request reads it again.
	reading.catch(() => {
		if (readings.get(key) === reading) readings.delete(key);
	});
	readings.set(key, reading);
	return await reading;
}

const PARTNERS_CREDENTIAL = 'exapiPartnersApi';

/** The validated parameters and credentials of a trigger. */
export interface TriggerSettings {
	partners: Partners;
	/** Names of the methods that partners may call, in the order of the node's outputs. */
	methods: string[];
	outputPerMethod: boolean;
	responseMode: ResponseMode;
	/** Milliseconds after which the partner gets an error. */
	deadline: number;
	/** IANA name of the zone in which `getOrders` writes dates. */
	timeZone: string;
	ban: BanRules;
	redis: Redis | undefined;
	allowed: AllowedAddresses;
	rejectWith: 'drop' | '401';
	waiting: WaitingLimits;
	/** How an order that comes again is recognized. */
	orders: OrderRules;
	/** Whether any other request gets its first answer again when it comes again word for word. */
	repeatsIdentical: boolean;
}

interface TriggerOptions {
	allowedIps?: string;
	rejectWith?: string;
}

interface RepeatOptions {
	afterFailure?: string;
	longestRun?: number;
	minutes?: number;
	reads?: boolean;
	recognize?: string;
}

const DEFAULT_RULES: BanRules = { maxFailures: 5, windowSeconds: 600, banSeconds: 3600 };

/**
 * Reads parameters and credentials of a trigger.
 *
 * @param readCredential reads a credential; without a cache by default
 * @throws InputError that names the invalid field and never contains a secret
 */
export async function readSettings(
	node: IWebhookFunctions | IHookFunctions,
	readCredential: ReadCredential = async (type) => await node.getCredentials(type),
): Promise<TriggerSettings> {
	const credential = await readCredential<{ partners: unknown }>(PARTNERS_CREDENTIAL);
	const isShared = node.getNodeParameter('store', 'memory') === 'redis';
	const options = node.getNodeParameter('options', {}) as TriggerOptions;
	const repeats = node.getNodeParameter('repeats', {}) as RepeatOptions;
	return {
		partners: partnersIn(credential),
		methods: readMethods(node),
		outputPerMethod: node.getNodeParameter('outputPerMethod', false) as boolean,
		responseMode: node.getNodeParameter('responseMode') as ResponseMode,
		deadline: readDeadline(node),
		timeZone: readTimeZone(node),
		ban: readRules(node.getNodeParameter('ban', {}) as Partial<BanRules>),
		redis: isShared ? await connect(node, readCredential) : undefined,
		allowed: new AllowedAddresses(options.allowedIps ?? ''),
		rejectWith: options.rejectWith === '401' ? '401' : 'drop',
		waiting: readWaitingLimits(options),
		orders: readOrderRules(repeats),
		repeatsIdentical: repeats.reads === true,
	};
}

const MINUTE_MS = 60_000;
/** Longer timers fire at once. */
const MAX_MINUTES = Math.floor((2 ** 31 - 1) / MINUTE_MS);
const RECOGNITIONS: ReadonlyArray<OrderRules['recognize']> = ['parameters', 'orderNumber', 'off'];

function readOrderRules(repeats: RepeatOptions): OrderRules {
	const { minutes = 1440, longestRun = 60 } = repeats;
	return {
		// A value from a later version must not cause orders to be executed twice.
		recognize: RECOGNITIONS.find((name) => name === repeats.recognize) ?? 'parameters',
		windowMs: readNumber('minutes', minutes, 1, MAX_MINUTES) * MINUTE_MS,
		longestRunMs: readNumber('longestRun', longestRun, 1, MAX_MINUTES) * MINUTE_MS,
		repeatsErrors: repeats.afterFailure === 'repeatError',
	};
}

function readRules(chosen: Partial<BanRules>): BanRules {
	const { maxFailures, windowSeconds, banSeconds } = { ...DEFAULT_RULES, ...chosen };
	return {
		maxFailures: readNumber('maxFailures', maxFailures, 1, 1e6),
		windowSeconds: readNumber('windowSeconds', windowSeconds, 1, MAX_SECONDS),
		banSeconds: readNumber('banSeconds', banSeconds, 1, MAX_SECONDS),
	};
}

async function connect(
	node: IWebhookFunctions | IHookFunctions,
	readCredential: ReadCredential,
): Promise<Redis> {
	const credential = await readCredential<RedisCredential>(REDIS_CREDENTIAL);
	// The connection must not hold the node, which holds its request: it holds only the logger.
	const { logger } = node;
	return await redisFor(credential, (message) =>
		logger.warn(`Exapi Trigger: ${message}: until it is back, this process counts by itself`),
	);
}

function readMethods(node: IWebhookFunctions | IHookFunctions): string[] {
	const chosen = node.getNodeParameter('methods', []) as string[];
	const custom = (node.getNodeParameter('customMethods', '') as string).split(/[\s,;]+/);
	const methods = [...new Set([...chosen, ...custom.filter((name) => name !== '')])];
	if (methods.length === 0) {
		throw new InputError(
			'No method is chosen',
			'Choose at least one method that partners may call.',
		);
	}
	return methods;
}

/** Reads the time zone. An expression may return any value, also an offset, which not every host accepts. */
function readTimeZone(node: IWebhookFunctions | IHookFunctions): string {
	const zone: unknown = node.getNodeParameter('timeZone', DEFAULT_TIME_ZONE);
	if (typeof zone === 'string' && /^[a-z]/i.test(zone) && IANAZone.isValidZone(zone)) return zone;
	throw new InputError(
		`The field ${fieldLabel(triggerFields, 'timeZone')} must be an IANA time zone such as ${DEFAULT_TIME_ZONE}`,
		'Choose a time zone from the list, or correct the expression.',
	);
}

function readNumber(name: string, value: unknown, min: number, max: number): number {
	const number = Number(value);
	if (!(number >= min && number <= max)) {
		throw new InputError(
			`The field ${fieldLabel(triggerFields, name)} must be a number from ${min} to ${max}`,
		);
	}
	return number;
}
