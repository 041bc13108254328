const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** n8n-core reads these when it is imported; without them it writes into the home folder. */
module.exports = async () => {
	const folder = mkdtempSync(join(tmpdir(), 'partner-exchange-'));
	process.env.N8N_USER_FOLDER = folder;
	process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
};
