import express, { type RequestHandler, type Router } from 'express';
import type { CrmState } from './crm-state';
import { storageFolder } from './storage';
import { webservice } from './webservice';

/** More than PHP takes, so that it is PHP's limit that is met. */
const BODY_LIMIT = '64mb';

/** The CRM's folder on its web server: `webservice.php` and `storage/`. */
export function clientRightEntryPoint(state: CrmState): Router {
	const router = express.Router();
	router.use(countConnection(state));
	router.all(
		'/webservice.php',
		express.raw({ type: () => true, limit: BODY_LIMIT }),
		webservice(state),
	);
	router.use('/storage', storageFolder(state));
	return router;
}

function countConnection({ connections }: CrmState): RequestHandler {
	return (req, _res, next) => {
		connections.count(req.socket);
		next();
	};
}
