export { ACCOUNT_FIELDS } from './account';
export { CONTACT_FIELDS } from './contact';
export { FieldError } from './field-error';
export { namesOf, writeFields, type FieldTable, type WritingRules } from './fields';
export { FILES_FIELDS } from './files-request';
export { checkModules, prefixedIds, type IdModules, type PrefixedId } from './id-modules';
export { mobileKey } from './mobile';
export { holdsUnstorable } from './unstorable';
export { PROJECT_FIELDS, PROJECT_IDS } from './project';
