import { sign, type ExapiAnswer, type ExapiKey, type RequestId } from '../../nodes/Exapi/protocol';
import { phpJson } from '../php-json';
import type { Quirks } from './quirks';

const BYTE_ORDER_MARK = '\uFEFF';
const PHP_WARNING =
	'<br />\n<b>Warning</b>:  Undefined property: stdClass::$id in <b>exapi.php</b> on line <b>1</b><br />\n';

/** Writes the body of an answer, `{sign, answer}`, as a CRM with these quirks does. */
export function writeSignedAnswer(
	answer: ExapiAnswer,
	key: ExapiKey,
	quirks: Readonly<Quirks>,
): string {
	const encode = quirks.phpEscapes ? phpJson : JSON.stringify;
	const result = quirks.integersAsText ? numbersAsText(answer.result) : answer.result;
	const error = answer.error ?? (quirks.noError === 'empty' ? '' : null);
	const text = encode({ result, error, id: answer.id });
	const body = encode({ sign: sign(text, key), answer: text });
	return [quirks.byteOrderMark && BYTE_ORDER_MARK, quirks.phpWarning && PHP_WARNING, body]
		.filter(Boolean)
		.join('');
}

/** The answer's `id` to a request's, see {@link Quirks.answerId}. */
export function answerIdFor(id: RequestId, quirks: Readonly<Quirks>): RequestId {
	if (quirks.answerId === 'null') return null;
	const isNumber = /^\d+$/.test(String(id)) && Number.isSafeInteger(Number(id));
	return quirks.answerId === 'number' && isNumber ? Number(id) : id;
}

function numbersAsText(value: unknown): unknown {
	if (typeof value === 'number') return String(value);
	if (Array.isArray(value)) return value.map(numbersAsText);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [name, numbersAsText(entry)]),
	);
}
