import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Router } from 'express';
import {
	createClientRightSystem,
	type ClientRightOptions,
	type ClientRightSystem,
} from './clientright';
import { createElektrikSystem, type ElektrikOptions, type ElektrikSystem } from './elektrik';
import { answerErrors } from './control';
import { createExapiSystem, type ExapiOptions, type ExapiSystem } from './exapi';
import { fromThisMachineOnly } from './own-origin';
import { sandboxPage } from './page';
import type { PartnerSystem, SystemDescription } from './system';

const HOST = '127.0.0.1';

/** Longer than clients keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 65_000;

export interface SandboxOptions {
	/** Default 0: any free port. */
	port?: number;
	/** How long an idle connection stays open, in milliseconds; default 65,000. */
	keepAliveMs?: number;
	exapi?: ExapiOptions;
	clientright?: ClientRightOptions;
	elektrik?: ElektrikOptions;
}

/** `url` is the entry point to put into the credential. */
export interface SystemAddress {
	url: string;
	controlUrl: string;
}

export interface SandboxAddress {
	/** `http://127.0.0.1:<port>` */
	url: string;
	port: number;
	exapi: SystemAddress;
	/** `url` is the whole address of `webservice.php`; files are at paths relative to it. */
	clientright: SystemAddress;
	elektrik: SystemAddress;
}

export interface Sandbox {
	/**
	 * Listens on 127.0.0.1.
	 *
	 * @throws PortTakenError when another program has the port
	 */
	start(): Promise<SandboxAddress>;
	/** Closes the port and all connections; what the systems remember stays readable. */
	stop(): Promise<void>;
	/** What a person types into n8n, for each system. */
	describe(): SystemDescription[];
	readonly exapi: ExapiSystem;
	readonly clientright: ClientRightSystem;
	readonly elektrik: ElektrikSystem;
}

/** The port is in use; `port` tells which. */
export class PortTakenError extends Error {
	override readonly name = 'PortTakenError';

	constructor(readonly port: number) {
		super(`Port ${port} on ${HOST} is taken by another program`);
	}
}

/** Partner systems to test against, in this process. Any number of them can run at once. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
	const exapi = createExapiSystem(options.exapi);
	const clientright = createClientRightSystem(options.clientright);
	const elektrik = createElektrikSystem(options.elektrik);
	const systems: readonly PartnerSystem[] = [exapi, clientright, elektrik];
	let server: Server | undefined;
	let url = '';

	return {
		exapi,
		clientright,
		elektrik,
		describe: () => systems.map((system) => system.describe(url)),
		async start() {
			if (server) throw new Error(`The sandbox runs already, at ${url}`);
			const created = createServer({ keepAliveTimeout: options.keepAliveMs ?? KEEP_ALIVE_MS });
			created.on(
				'request',
				createApp(systems, () => url),
			);
			const port = await listen(created, options.port ?? 0);
			server = created;
			url = `http://${HOST}:${port}`;
			const addressOf = ({ name }: PartnerSystem, entryPoint: string): SystemAddress => ({
				url: `${url}${entryPoint}`,
				controlUrl: `${url}/control/${name}`,
			});
			return {
				url,
				port,
				exapi: addressOf(exapi, '/exapi'),
				clientright: addressOf(clientright, '/clientright/webservice.php'),
				elektrik: addressOf(elektrik, '/elektrik/integration/'),
			};
		},
		async stop() {
			const stopping = server;
			if (!stopping) return;
			server = undefined;
			const closed = once(stopping, 'close');
			stopping.close();
			stopping.closeAllConnections();
			await closed;
		},
	};
}

function createApp(systems: readonly PartnerSystem[], url: () => string): Express {
	const app = express();
	app.disable('x-powered-by');
	app.disable('etag');
	app.use('/control', guardedControls(systems, url));
	for (const system of systems) system.mount(app);
	app.use(sandboxPage());
	return app;
}

/** In front of all control APIs; it answers by itself what they have in common. */
function guardedControls(systems: readonly PartnerSystem[], url: () => string): Router {
	const router = express.Router();
	router.use(fromThisMachineOnly);
	router.get('/', (_req, res) => {
		res.json(systems.map((system) => ({ name: system.name, ...system.describe(url()) })));
	});
	answerErrors(router);
	return router;
}

async function listen(server: Server, port: number): Promise<number> {
	try {
		server.listen(port, HOST);
		await once(server, 'listening');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
			throw new PortTakenError(port);
		}
		throw error;
	}
	return (server.address() as AddressInfo).port;
}
