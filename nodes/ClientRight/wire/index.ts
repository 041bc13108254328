/**
 * The wire format of ClientRight CRM as pure functions: the answer to a challenge, requests as
 * forms, what vtiger answers. They load nothing of n8n, so that any Node program can use them.
 */
export {
	answerChallenge,
	decodeEntities,
	type Envelope,
	FORM_HEADERS,
	type OpenedEnvelope,
	openEnvelope,
	openEnvelopeInTurns,
	type RemoteFault,
	type WireFields,
	withQuery,
	writeForm,
} from './envelope';
export {
	fileAddress,
	type ListedFile,
	ownFileAddress,
	readFiles,
	readRecordId,
	ResultError,
	type ResultFault,
} from './results';
export {
	ACCOUNT_FIELDS,
	checkModules,
	CONTACT_FIELDS,
	type DocumentedField,
	type DocumentedFields,
	FieldError,
	type FieldTable,
	FILES_FIELDS,
	holdsUnstorable,
	mobileKey,
	namesOf,
	type PrefixedId,
	prefixedIds,
	PROJECT_FIELDS,
	writeFields,
	type WritingRules,
} from './records';
export { normalizeMobile } from './values';
export { isInn, isOgrn } from './text-values';
export {
	alternativesOf,
	type Condition,
	isPagedByKey,
	type Operator,
	type Page,
	PAGE_SIZE,
	type Query,
	quoted,
	selectOf,
	writeCondition,
	writePage,
} from './query';
export { readVtql, type WrittenQuery } from './vtql';
export {
	type Choice,
	type Column,
	columnsOf,
	type ListedModule,
	type ModuleDescription,
	type ModuleField,
	readDescription,
	readModules,
	type ReadRecord,
	readRecord,
	searchFieldsOf,
} from './describe';
export { type ValueRules, writeRecordId, writeValue } from './field-values';
export { isKnownRead, methodOf } from './operations';
export { placeholderPdf } from './placeholder';
export {
	captureUrl,
	type FormAnswer,
	formParameters,
	type FormRefusal,
	type FormValue,
	readFormRedirect,
	readPublicId,
	refusalOf,
	valuesNotIn,
	writeFormValues,
	zeroedFields,
} from './web-form';
