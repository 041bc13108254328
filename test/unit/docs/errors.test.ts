import { errorMessagesIn } from './error-messages';
import { readMarkdown } from './markdown';

/** Made of others, or only wrapped around them: the others are on the page. */
const WRAPPERS = new Set(['The field … …', 'The CRM returned an error']);

const PAGES: Array<[page: string, sources: string]> = [
	['errors.md', 'nodes/shared'],
	['exapi.md', 'nodes/Exapi'],
	['clientright.md', 'nodes/ClientRight'],
	['elektrik.md', 'nodes/Elektrik'],
];

/** Errors that several services have are told on the page that all of them refer to. */
const shared = readMarkdown('docs/errors.md').prose;

describe.each(PAGES)('%s', (page, sources) => {
	it.each(['docs', 'docs/ru'])('in %s tells of every error', (folder) => {
		const text = readMarkdown(`${folder}/${page}`).prose + shared;
		const messages = errorMessagesIn(sources).filter((message) => !WRAPPERS.has(message));
		expect(messages).not.toEqual([]);
		expect(messages.filter((message) => !isTold(message, text))).toEqual([]);
	});
});

/** A page shows what varies as "…", and may give the words that stand for it. */
function isTold(message: string, text: string): boolean {
	const pieces = message.split(/…+/).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(pieces.join('[^|\\n]{0,60}?')).test(text);
}
