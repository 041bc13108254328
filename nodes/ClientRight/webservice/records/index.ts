export { ACCOUNT_FIELDS } from './account';
export { CONTACT_FIELDS } from './contact';
export { FieldError } from './field-error';
export { namesOf, writeFields, type FieldTable, type WritingRules } from './fields';
export { FILES_FIELDS } from './files-request';
export { mobileKey } from './mobile';
export { PROJECT_FIELDS } from './project';
