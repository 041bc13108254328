import { parseArgs } from 'node:util';
import { SAMPLE_FILES, SANDBOX_USER } from './clientright';
import { SAMPLE_ELECTRICIANS, SANDBOX_DISTRIBUTOR } from './elektrik';
import { SAMPLE_ORDERS, SANDBOX_PARTNER } from './exapi';
import { readPort } from './core/input';
import { createSandbox, PortTakenError, type Sandbox } from './server';
import type { SystemDescription } from './core/controls';

const DEFAULT_PORT = 8790;

const HELP = `The partner systems, to be used from n8n without touching a real one.

npm run sandbox [-- --port ${DEFAULT_PORT}] [-- --empty]

  --port    port on 127.0.0.1, or SANDBOX_PORT; default ${DEFAULT_PORT}, 0 for any free one
  --empty   without the sample orders, files and electricians

Environment: SANDBOX_EXAPI_SENDER, SANDBOX_EXAPI_SECRET, SANDBOX_EXAPI_TIME_ZONE,
SANDBOX_CLIENTRIGHT_USERNAME, SANDBOX_CLIENTRIGHT_ACCESS_KEY, SANDBOX_ELEKTRIK_UID
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string' },
			empty: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const port = readPort(values.port ?? process.env.SANDBOX_PORT ?? String(DEFAULT_PORT));
	const { SANDBOX_EXAPI_SENDER, SANDBOX_EXAPI_SECRET, SANDBOX_EXAPI_TIME_ZONE } = process.env;
	const sender = SANDBOX_EXAPI_SENDER || SANDBOX_PARTNER.sender;
	const secret = SANDBOX_EXAPI_SECRET || SANDBOX_PARTNER.secret;
	const { SANDBOX_CLIENTRIGHT_USERNAME, SANDBOX_CLIENTRIGHT_ACCESS_KEY } = process.env;
	const username = SANDBOX_CLIENTRIGHT_USERNAME || SANDBOX_USER.username;
	const accessKey = SANDBOX_CLIENTRIGHT_ACCESS_KEY || SANDBOX_USER.accessKey;
	const sandbox = createSandbox({
		port,
		exapi: { partners: { [sender]: secret }, timeZone: SANDBOX_EXAPI_TIME_ZONE || undefined },
		clientright: {
			users: { [username]: accessKey },
			contactFiles: values.empty ? [] : SAMPLE_FILES,
		},
		elektrik: {
			uid: process.env.SANDBOX_ELEKTRIK_UID || SANDBOX_DISTRIBUTOR.uid,
			electricians: values.empty ? [] : SAMPLE_ELECTRICIANS,
		},
	});
	if (!values.empty) sandbox.exapi.crm.seed(...SAMPLE_ORDERS);
	const { url } = await sandbox.start();
	stopOnSignal(sandbox);
	const systems = sandbox.describe().map(asText).join('\n');
	process.stdout.write(`${systems}\nWhat they receive, to look at and to try: ${url}\n`);
	process.stdout.write('Stop it with Ctrl+C.\n');
}

function asText({ title, credential, controlUrl }: SystemDescription): string {
	const rows = [...credential, ['Controls', controlUrl] as const];
	return [title, ...rows.map(([label, value]) => `  ${label.padEnd(13)} ${value}`), ''].join('\n');
}

function stopOnSignal(sandbox: Sandbox): void {
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void sandbox.stop());
	}
}

main().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	const advice =
		error instanceof PortTakenError
			? `. Stop that program, or choose another port: npm run sandbox -- --port ${error.port + 1}`
			: '';
	process.stderr.write(`${message}${advice}\n`);
	process.exitCode = 1;
});
