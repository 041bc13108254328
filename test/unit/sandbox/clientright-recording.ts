import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request to a real vtiger and its answer; test/vectors/vtiger-7.2.json, as recorded. */
export interface Exchange {
	name: string;
	request: {
		method: string;
		/** Absent where the entry sums up many requests. */
		url?: string;
		contentType: string | null;
		body: string | null;
		headers?: Record<string, string>;
	};
	response: {
		/** The whole status line. */
		status: string | null;
		contentType: string | null;
		/** The middle is left out where the body is long. */
		body: string;
		/** Length of such a body. */
		bodyBytes?: number;
	};
	note: string;
}

const FILE = join(__dirname, '../../vectors/vtiger-7.2.json');

export const RECORDING = JSON.parse(readFileSync(FILE, 'utf8')) as Exchange[];

/** An answer as it came over HTTP. */
export interface Answer {
	status: number;
	contentType: string | null;
	/** Byte order marks included. */
	body: string;
	bytes: number;
}

/**
 * Sends a recorded request anew.
 *
 * @param url of `webservice.php`
 * @param rename what the values of sessions and challenges of then are now
 */
export async function send(
	{ request }: Exchange,
	url: string,
	rename: (text: string) => string,
): Promise<Answer> {
	const { method, contentType } = request;
	const [, tail = ''] = /webservice\.php(.*)$/s.exec(request.url ?? '') ?? [];
	const body = rename(wholeBody(request.body ?? ''));
	const hasBody = method !== 'GET' && method !== 'HEAD';
	const isMultipart = contentType === 'multipart/form-data';
	const headers = Object.entries(request.headers ?? {}).map(([name, value]): [string, string] => [
		name,
		rename(value),
	]);
	if (contentType !== null && !isMultipart) headers.push(['Content-Type', contentType]);
	const response = await fetch(url + rename(tail), {
		method,
		headers,
		body: hasBody ? (isMultipart ? multipart(body) : body) : undefined,
	});
	const bytes = Buffer.from(await response.arrayBuffer());
	return {
		status: response.status,
		contentType: response.headers.get('content-type'),
		body: bytes.toString('utf8'),
		bytes: bytes.length,
	};
}

/** Bodies of one long value are recorded with its middle left out. */
function wholeBody(body: string): string {
	const cut = /…\[(\d+) chars in all\]…/.exec(body);
	if (!cut) return body;
	const unit = body.includes('%D0%AF') ? '%D0%AF' : 'x';
	const [start = ''] = /^.*&a=/.exec(body) ?? [];
	const end = '&b=';
	const length = Number(cut[1]) - start.length - end.length;
	return start + unit.repeat(length / unit.length) + end;
}

/** Multipart bodies are recorded as unescaped pairs. */
function multipart(body: string): FormData {
	const form = new FormData();
	for (const pair of body.split(/&(?=(?:operation|sessionName|username|accessKey|kind|a|b)=)/)) {
		const equals = pair.indexOf('=');
		form.append(pair.slice(0, equals), pair.slice(equals + 1));
	}
	return form;
}
