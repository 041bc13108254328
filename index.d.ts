/** The wire format of ClientRight CRM as pure functions: challenge, forms, answers. */
export * as clientright from './dist/nodes/ClientRight/wire';
/** The wire format of Elektrik.ru as pure functions: phone hashes, checks by JSON and SOAP, points. */
export * as elektrik from './dist/nodes/Elektrik/protocol';
/** The wire format of exapi as pure functions: signing, messages, orders. */
export * as exapi from './dist/nodes/Exapi/protocol';
