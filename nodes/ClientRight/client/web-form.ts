import { DateTime } from 'luxon';
import { PartnerError } from '../../shared/errors';
import {
	DEFAULT_MAX_ANSWER_BYTES,
	type HttpClient,
	type HttpRequest,
	type HttpResponse,
	textOfBody,
	withRetries,
} from '../../shared/http';
import type { JsonObject } from '../../shared/wire';
import { openEnvelope } from '../wire/envelope';
import { PAGE_SIZE, quoted } from '../wire/query';
import {
	type FormRefusal,
	type FormValue,
	readFormRedirect,
	refusalOf,
	valuesNotIn,
} from '../wire/web-form';
import type { WebserviceClient } from './client';
import { pageExcerpt, retryDecision } from './exchange';
import { CHECK_BEFORE_RESENDING, RemoteError, UnusableAnswer } from './failures';
import { queryRecords, type WireRecord } from './records';

type Signal = AbortSignal | undefined;

/** A form that is ready to be sent. */
export type FormRequest = Pick<HttpRequest, 'body' | 'headers' | 'signal' | 'timeout' | 'url'> & {
	allowUnauthorizedCerts: boolean;
};

/** What the CRM answered a form with. */
export interface FormReply {
	/** As it came: the answer's JSON, or where the form sends its sender. */
	raw: JsonObject;
	/** Whether the form has a return address. */
	isRedirect: boolean;
	/** Whether PHP printed something around the answer. */
	printedAround: boolean;
}

/** How errors call the script of web forms. */
const SCRIPT = 'the web form';
/** Of the CRM's own words. */
const LONGEST_SHOWN = 300;

/**
 * Sends a web form, once: the CRM creates a record each time (docs/protocols/vtiger.md, 15.6). Only what
 * surely did not leave is sent again.
 *
 * @param search a query that finds the record, for a person to whom the answer was lost
 * @throws PartnerError when the CRM did not accept the form, or did not say so
 */
export async function submitForm(
	send: HttpClient,
	request: FormRequest,
	search: string,
): Promise<FormReply> {
	try {
		return await withRetries(
			async () => readReply(await send(requestFor(request)), request.url),
			(error) => retryDecision(error, 'write'),
			request.signal,
			true,
		);
	} catch (error) {
		const isOpen = error instanceof PartnerError && error.outcome === 'unknown';
		if (!isOpen) throw error;
		throw error.addAdvice(
			`${CHECK_BEFORE_RESENDING} To look for the record, use 'Record: Get Many' with the VTQL: ${search}`,
		);
	}
}

function requestFor(request: FormRequest): HttpRequest {
	return {
		...request,
		method: 'POST',
		maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES,
		// An answer leads to the form's return address, which is a page for people.
		redirects: 'return',
	};
}

function readReply(response: HttpResponse, url: string): FormReply {
	const { status } = response;
	if (status >= 300 && status <= 399) return readRedirect(response, url);
	const text = textOfBody(response);
	const opened = status <= 299 ? openEnvelope(text) : undefined;
	if (!opened) throw new UnusableAnswer(SCRIPT, response, pageExcerpt(text, []));
	const { envelope, raw, printedAround } = opened;
	if (!envelope.success) throw refused(envelope.error.message);
	if (typeof envelope.result !== 'string') throw otherAnswer();
	return { raw, isRedirect: false, printedAround };
}

function readRedirect(response: HttpResponse, url: string): FormReply {
	const location = response.headers.location ?? '';
	const said = readFormRedirect(location, url);
	if (said?.accepted) {
		return { raw: { redirect: location }, isRedirect: true, printedAround: false };
	}
	throw said ? refused(said.message) : strayed(response.status, location, url);
}

const ADVICE: Readonly<Record<FormRefusal, string>> = {
	captcha:
		'Only a person can solve the captcha of this form. Ask the operator of the CRM for a form without one.',
	duplicate: 'The CRM has such a record already. Update that one instead.',
	mandatory: 'Fill in the field that it names: the module of the form requires it.',
	unknownForm:
		'Check \'Public ID\': it is the value of "publicid" in the form’s HTML. The CRM also says so of a form that is not enabled.',
};

/** The CRM said no, in words of its own and without a code. */
function refused(message: string): PartnerError {
	const words = message.length > LONGEST_SHOWN ? `${message.slice(0, LONGEST_SHOWN)}…` : message;
	const reason = refusalOf(message);
	return new PartnerError(`The CRM rejected the web form: ${words || 'no message'}`, {
		// Of other words nobody knows whether the record was there by then: files come after it.
		outcome: reason ? 'rejected' : 'unknown',
		wasSent: true,
		description: reason
			? ADVICE[reason]
			: 'This text comes from the CRM. If it is unclear, ask the operator of the CRM.',
	});
}

/** JSON of some other script: `capture.php` says "ok". */
function otherAnswer(): PartnerError {
	return new PartnerError('The response to the web form is not one of capture.php', {
		outcome: 'unknown',
		wasSent: true,
		description: "Check the URL in the credential or 'Form URL'.",
	});
}

/** A web server's redirect, and no answer of the form. */
function strayed(status: number, location: string, url: string): PartnerError {
	const { host } = new URL(url);
	const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
	const shown = target ? `${target.origin}${target.pathname}`.slice(0, LONGEST_SHOWN) : 'nowhere';
	return new PartnerError(`${host} redirects the web form to ${shown}`, {
		outcome: 'unknown',
		wasSent: true,
		httpStatus: status,
		description:
			"The redirect does not say whether the form was accepted, so it is not the form’s own. If the CRM has moved there, or requires https://, correct the URL in the credential or 'Form URL'.",
	});
}

/** Where in a module the records of a form begin: all that come later have a greater id. */
export interface RecordMark {
	module: string;
	/** The newest record before the form; empty without any. */
	id: string;
}

/**
 * Looks for the newest record before a form is sent: later ones have greater ids (docs/protocols/vtiger.md,
 * 15.9), and no clocks have to agree.
 *
 * @returns `undefined` if the CRM lets its user read no records of the module
 * @throws PartnerError, before anything was created
 */
export async function markNewest(
	client: WebserviceClient,
	module: string,
	signal: Signal,
): Promise<RecordMark | undefined> {
	const newest = {
		module,
		select: 'id',
		alternatives: [],
		orderBy: ['id'],
		descending: true,
		offset: 0,
		isEntity: true,
	};
	try {
		const [record] = await queryRecords(client, newest, 1, { signal });
		return { module, id: record?.id ?? '' };
	} catch (error) {
		if (error instanceof RemoteError && error.outcome === 'rejected') return undefined;
		throw notSubmitted(error);
	}
}

/** The reads before a form may fail in any way: the form was not sent. */
function notSubmitted(error: unknown): unknown {
	if (!(error instanceof PartnerError) || error.outcome === 'refused') return error;
	return new PartnerError(error.message, {
		...error.details,
		outcome: 'notSent',
		wasSent: error.wasSent,
	});
}

/** The query that finds the records since a mark, or since now if there is none. */
export function searchSince(module: string, mark: RecordMark | undefined): string {
	const since = DateTime.utc().minus({ minutes: 5 }).toFormat('yyyy-MM-dd HH:mm:ss');
	const condition = mark
		? mark.id === ''
			? ''
			: ` WHERE id > ${quoted(mark.id)}`
		: ` WHERE createdtime >= ${quoted(since)}`;
	return `SELECT * FROM ${module}${condition} ORDER BY id LIMIT 20;`;
}

/** What was found of a form that the CRM accepted. */
export type FoundRecord =
	| { record: WireRecord }
	/** Why there is none, for a person. */
	| { reason: string };

/** More records since one request are no sign of anything. */
const MAX_CANDIDATES = 2 * PAGE_SIZE;

/**
 * Looks for the record that a form created: the only one since the mark that holds all that was sent.
 *
 * @throws PartnerError when the CRM did not answer
 */
export async function findSubmitted(
	client: WebserviceClient,
	{ module, id }: RecordMark,
	values: readonly FormValue[],
	signal: Signal,
): Promise<FoundRecord> {
	const since = {
		module,
		select: '*',
		alternatives: id === '' ? [] : [`id > ${quoted(id)}`],
		orderBy: ['id'],
		descending: false,
		offset: 0,
		isEntity: true,
	};
	const records = await queryRecords(client, since, MAX_CANDIDATES, { signal });
	const [match, other] = records.filter((record) => valuesNotIn(record, values).length === 0);
	if (match && other) return { reason: 'several records created since hold these values' };
	if (match && records.length < MAX_CANDIDATES) return { record: match };
	if (match) return { reason: `more than ${MAX_CANDIDATES} records were created since` };
	const [only, another] = records;
	if (!only) {
		return { reason: `the user of the credential sees no record of ${module} created since` };
	}
	if (another) return { reason: 'no record created since holds all these values' };
	const lacking = valuesNotIn(only, values).join(', ');
	return {
		reason: `the record ${only.id}, created since, does not hold: ${lacking}. Most likely, the form does not have these fields, has values of its own for them, or changed them`,
	};
}
