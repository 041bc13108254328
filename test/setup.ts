import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core reads these when it is imported; without them it writes into the home folder.
process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'partner-exchange-'));
process.env.N8N_ENCRYPTION_KEY ??= 'only-for-tests';
