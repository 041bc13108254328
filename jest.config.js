/** Suites by what they need; `npm test` runs those whose programs are installed. */
const suite = (name, folder) => ({
	displayName: name,
	testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	setupFiles: ['reflect-metadata'],
});

/**
 * n8n's editor is clicked through when PARTNER_EXCHANGE_EDITOR is 1: it is bound to the marks in the
 * HTML of one version of n8n.
 */
const leftOut = process.env.PARTNER_EXCHANGE_EDITOR === '1' ? [] : ['editor\\.test\\.ts$'];

module.exports = {
	// Nothing here is about speed: a busy machine may take its time.
	testTimeout: 60_000,
	globalSetup: './test/user-folder.js',
	projects: [
		suite('unit', 'unit'),
		suite('workflows', 'workflows'),
		suite('peers', 'peers'),
		suite('e2e', 'e2e'),
		{ ...suite('browser', 'browser'), testPathIgnorePatterns: leftOut },
	],
};
