import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import express, { type Express, type Router } from 'express';
import {
	createClientRightSystem,
	type ClientRightOptions,
	type ClientRightSystem,
} from './clientright';
import { guardControls } from './core/control-routes';
import type { PartnerSystem, SystemDescription } from './core/controls';
import { createElektrikSystem, type ElektrikOptions, type ElektrikSystem } from './elektrik';
import { createExapiSystem, type ExapiOptions, type ExapiSystem } from './exapi';

const HOST = '127.0.0.1';

/** Longer than clients keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 65_000;

/** More than Apache reads of an address, so that it is the system that says it is too long. */
const MOST_HEADER_BYTES = 256 * 1024;

/** Nothing from other sites, and no other site may put the page into a frame to catch clicks. */
const POLICY =
	"default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface SandboxOptions {
	/** Default 0: any free port. */
	port?: number;
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
			const created = createServer({
				keepAliveTimeout: KEEP_ALIVE_MS,
				maxHeaderSize: MOST_HEADER_BYTES,
			});
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
	app.use(
		'/control',
		guardControls(() =>
			systems.map((system) => ({ name: system.name, ...system.describe(url()) })),
		),
	);
	for (const system of systems) system.mount(app);
	app.use(sandboxPage());
	return app;
}

/** The page that shows what the partners received and sends what they would send. */
function sandboxPage(): Router {
	const router = express.Router();
	router.use((_req, res, next) => {
		res.set({
			'Cache-Control': 'no-cache',
			'Content-Security-Policy': POLICY,
			'Referrer-Policy': 'no-referrer',
			'X-Content-Type-Options': 'nosniff',
		});
		next();
	});
	router.use(express.static(pageFolder(), { cacheControl: false, etag: false }));
	return router;
}

/** The page is not built: it is served from beside the sources. */
function pageFolder(): string {
	for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
		const page = join(folder, 'sandbox', 'page');
		if (existsSync(join(page, 'index.html'))) return page;
	}
	throw new Error(`sandbox/page was not found above ${__dirname}: run this from a checkout`);
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
