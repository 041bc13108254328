import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import prettier from 'eslint-config-prettier';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist/', 'build/', 'coverage/', 'node_modules/', 'index.d.ts'] },
	js.configs.recommended,
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: {
			parserOptions: { project: './tsconfig.dev.json', tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			// Indexing is checked by noUncheckedIndexedAccess; an index that a loop has just tested
			// is stated with "!".
			'@typescript-eslint/no-non-null-assertion': 'off',
			// Numbers in messages need no conversion.
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// A stack that ends where the promise was awaited is worth more than a saved tick.
			'@typescript-eslint/return-await': ['error', 'always'],
			// A callback of one call needs no braces to say that its result is not used.
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
		},
	},
	{
		// jest's asymmetric matchers (expect.any and the like) are typed as any.
		files: ['test/**/*.ts'],
		rules: {
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
		},
	},
	{
		files: ['**/*.{js,mjs}'],
		ignores: ['sandbox/page/**'],
		languageOptions: { globals: globals.node },
	},
	{
		files: ['sandbox/page/**/*.js'],
		languageOptions: { globals: globals.browser },
	},
	{
		files: ['package.json', 'nodes/**/*.ts', 'credentials/**/*.ts'],
		extends: [n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport],
	},
	{
		files: ['package.json'],
		languageOptions: { parser: tseslint.parser },
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.community.rules,
			// The package is for self-hosted n8n, which installs dependencies. Each one has its
			// reason in docs/dependencies.md.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			// For n8n's own credentials, whose documentation is a page name, not an address.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// The newer plugin asks for NodeConnectionTypes.Main where these ask for 'main'.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
		},
	},
	{
		// These layers know errors of their own kind; nodes/shared/errors turns them into n8n's, in
		// one place for all operations.
		files: ['nodes/shared/**/*.ts', 'nodes/*/{protocol,wire,client,server,actions}/**/*.ts'],
		rules: { '@n8n/community-nodes/require-node-api-error': 'off' },
	},
	prettier,
);
