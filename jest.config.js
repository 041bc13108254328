/** Suites by what they need; `npm test` runs those whose programs are installed. */
const suite = (name, folder, more = {}) => ({
	displayName: name,
	testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	setupFiles: ['reflect-metadata'],
	...more,
});

/** One n8n for all files that can share it. */
const withN8n = {
	globalSetup: '<rootDir>/test/e2e/keeper/begin.ts',
	globalTeardown: '<rootDir>/test/e2e/keeper/end.ts',
};

module.exports = {
	// Nothing here is about speed: a busy machine may take its time.
	testTimeout: 60_000,
	globalSetup: './test/user-folder.js',
	projects: [
		suite('unit', 'unit'),
		suite('workflows', 'workflows'),
		suite('peers', 'peers'),
		suite('e2e', 'e2e', withN8n),
		suite('browser', 'browser', withN8n),
	],
};
