import { PartnerError } from '../../shared/errors';
import { type HttpClient, HttpFailure, withRetries } from '../../shared/http';
import { safeFileName } from '../../shared/wire/text';
import { retryDecision } from './exchange';
import { FileNotGiven } from './failures';

/** A file that is wanted. */
export interface DownloadRequest {
	url: string;
	/** Milliseconds. */
	timeout: number;
	maxMegabytes: number;
	allowUnauthorizedCerts: boolean;
	signal?: AbortSignal | undefined;
}

/** A file that was got. */
export interface DownloadedFile {
	content: Buffer;
	/** Last part of the address, decoded and without what no name should hold. */
	name: string;
	/** As the server says; `undefined` when it does not know. */
	mimeType: string | undefined;
}

const HTML_NAME = /\.x?html?$/i;

/**
 * Downloads a file of the CRM, without a session: web services and web pages of vtiger have
 * sessions of their own.
 *
 * @throws PartnerError when there is no such file, or the CRM keeps it to itself
 */
export async function downloadFile(
	send: HttpClient,
	{ maxMegabytes, ...request }: DownloadRequest,
): Promise<DownloadedFile> {
	const name = nameIn(request.url);
	const get = async () => {
		const limits = { maxAnswerBytes: maxMegabytes * 1024 * 1024 };
		const answer = await send({ ...request, method: 'GET', ...limits });
		if (answer.status !== 200) throw new FileNotGiven(answer, name);
		return answer;
	};
	const response = await withRetries(
		get,
		(error) => retryDecision(error, 'read'),
		request.signal,
	).catch((error: unknown) => {
		throw isTooLarge(error) ? tooLarge(maxMegabytes) : error;
	});
	const type = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
	if (type === 'text/html' && !HTML_NAME.test(name)) throw pageInstead(name);
	return {
		content: response.body,
		name,
		mimeType: type === 'application/octet-stream' ? undefined : type,
	};
}

function nameIn(url: string): string {
	const last = new URL(url).pathname.split('/').at(-1) ?? '';
	try {
		return safeFileName(decodeURIComponent(last));
	} catch {
		return safeFileName(last);
	}
}

function pageInstead(name: string): PartnerError {
	return new PartnerError(`The CRM returned a web page instead of the file "${name}"`, {
		outcome: 'rejected',
		description:
			'Ask the operator of the CRM for access to its files: most likely, the page asks for a login.',
	});
}

function isTooLarge(error: unknown): boolean {
	return error instanceof HttpFailure && error.kind === 'tooLarge';
}

function tooLarge(megabytes: number): PartnerError {
	return new PartnerError(`The file is larger than ${megabytes} MB`, {
		outcome: 'rejected',
		description: "To download it anyway, raise 'Maximum File Size (MB)' in the options.",
	});
}
