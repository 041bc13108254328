/** Suites by what they need; `npm test` runs those whose programs are installed. */
const suite = (name, folder) => ({
	displayName: name,
	testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	setupFiles: ['reflect-metadata'],
});

module.exports = {
	// Nothing here is about speed: a busy machine may take its time.
	testTimeout: 60_000,
	globalSetup: './test/user-folder.js',
	projects: [
		suite('unit', 'unit'),
		suite('workflows', 'workflows'),
		suite('peers', 'peers'),
		suite('e2e', 'e2e'),
		suite('browser', 'browser'),
	],
};
