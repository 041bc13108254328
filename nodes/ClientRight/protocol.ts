/**
 * The wire format of ClientRight CRM as pure functions: the answer to a challenge, requests as
 * forms, what vtiger answers. They load nothing of n8n, so that any Node program can use them.
 */
export { answerChallenge } from './webservice/challenge';
export { decodeEntities } from './webservice/entities';
export {
	openEnvelope,
	type Envelope,
	type OpenedEnvelope,
	type RemoteFault,
} from './webservice/envelope';
export { fileAddress, ownFileAddress } from './webservice/file-address';
export { FORM_HEADERS, withQuery, writeForm, type WireFields } from './webservice/form';
export {
	ACCOUNT_FIELDS,
	checkModules,
	CONTACT_FIELDS,
	FieldError,
	type FieldTable,
	FILES_FIELDS,
	holdsUnstorable,
	type IdModules,
	mobileKey,
	namesOf,
	type PrefixedId,
	prefixedIds,
	PROJECT_FIELDS,
	PROJECT_IDS,
	writeFields,
	type WritingRules,
} from './webservice/records';
export { normalizeMobile } from './webservice/records/mobile';
export { isInn, isOgrn } from './webservice/records/tax-numbers';
export {
	readFiles,
	readRecordId,
	ResultError,
	type ListedFile,
	type ResultFault,
} from './webservice/results';
