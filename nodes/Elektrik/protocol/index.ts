export * from './errors';
export * from './json-messages';
export * from './phone';
export * from './points';
export * from './soap';
