import { asSentence, joinSentences, PartnerError } from '../../shared/errors';
import { OWN_TEXT } from './failures';
import { ResultError } from './results';

const NOT_FOUND = /не\s+найден|not\s+found/i;
const CAPTURE_FIRST =
	'The CRM knows a client only after capture.php has run: call this operation after it, with the INN and the SMS code that were given there.';

/**
 * Reads a result of the CRM.
 *
 * @throws PartnerError when it is not what docs/protocols/clientright.md describes
 */
export function readingResult<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof ResultError ? resultFailure(error) : error;
	}
}

function resultFailure({ fault, message, said }: ResultError): PartnerError {
	switch (fault) {
		case 'refused':
			return new PartnerError(message, {
				outcome: 'rejected',
				description: NOT_FOUND.test(message) ? CAPTURE_FIRST : OWN_TEXT,
			});
		case 'undone':
			return new PartnerError(message, {
				outcome: 'rejected',
				description:
					'The CRM rolled the conversion back, or there was nothing to create: in "entities" of the parameter "element", each record to create needs "create": true.',
			});
		case 'noId':
			return new PartnerError(message, {
				outcome: 'unknown',
				description: joinSentences(
					'It reported a success all the same.',
					said && asSentence(`It said: ${said}`),
				),
			});
		case 'noList':
			return new PartnerError(message, {
				outcome: 'rejected',
				description:
					'Its answer is not what the document describes. To see it, call the operation by Custom Operation.',
			});
	}
}
