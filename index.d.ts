/** The wire format of exapi as pure functions: signing, messages, orders. */
export * as exapi from './dist/nodes/Exapi/protocol';
