import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import express, { type Router } from 'express';

/** Nothing from elsewhere, and no other site may put the page into a frame to catch clicks. */
const POLICY =
	"default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page that shows what the partners received and sends what they would send. */
export function sandboxPage(): Router {
	const router = express.Router();
	const files = express.static(pageFolder(), { cacheControl: false, etag: false });
	router.use((_req, res, next) => {
		res.set({
			'Cache-Control': 'no-cache',
			'Content-Security-Policy': POLICY,
			'Referrer-Policy': 'no-referrer',
			'X-Content-Type-Options': 'nosniff',
		});
		next();
	});
	router.use(files);
	return router;
}

/** The page is not built: it is served as it stands beside the sources. */
function pageFolder(): string {
	for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
		const page = join(folder, 'sandbox', 'page');
		if (existsSync(join(page, 'index.html'))) return page;
	}
	throw new Error(`sandbox/page was not found above ${__dirname}: run this from a checkout`);
}
