import type { Router } from 'express';
import type { JsonObject } from '../../nodes/shared/wire';
import {
	addFaultRoutes,
	controlRouter,
	endControlRoutes,
	lastIn,
	objectIn,
	textIn,
} from '../control';
import {
	readCheck,
	readElectricianChange,
	readElectricianSeeds,
	readFault,
	readUid,
} from './control-input';
import { noElectrician, type ElektrikPortal } from './portal';
import type { UpdateOutcome } from './request-log';

/** The control API, JSON over HTTP: what {@link ElektrikPortal} offers, by the same names. */
export function elektrikControlRoutes(portal: ElektrikPortal): Router {
	const router = controlRouter();
	router.get('/', (_req, res) => res.json(overview(portal)));
	router.post('/reset', (_req, res) => {
		portal.reset();
		res.json(overview(portal));
	});
	router.get('/statistics', (_req, res) => res.json(portal.statistics()));
	router.get('/requests', (req, res) => {
		const outcome = textIn(req.query.outcome) as UpdateOutcome | undefined;
		const requests = portal.requests({ phone: textIn(req.query.phone), outcome });
		res.json(requests.slice(-lastIn(req.query)));
	});
	router.post('/check', async (req, res) => {
		res.json(await portal.check(readCheck(objectIn(req.body))));
	});
	router.put('/uid', (req, res) => {
		portal.setUid(readUid(objectIn(req.body)));
		res.status(204).end();
	});
	addElectricianRoutes(router, portal);
	addFaultRoutes(router, portal, readFault);
	endControlRoutes(router);
	return router;
}

function addElectricianRoutes(router: Router, portal: ElektrikPortal): void {
	router.get('/electricians', (_req, res) => res.json(portal.electricians()));
	router.post('/electricians', (req, res) => {
		res.status(201).json(portal.seed(...readElectricianSeeds(req.body)));
	});
	router.get('/electricians/:phone', (req, res) => {
		const electrician = portal.electrician(req.params.phone);
		if (!electrician) throw noElectrician(req.params.phone);
		res.json(electrician);
	});
	router.patch('/electricians/:phone', (req, res) => {
		const change = readElectricianChange(objectIn(req.body));
		res.json(portal.changeElectrician(req.params.phone, change));
	});
	router.delete('/electricians/:phone', (req, res) => {
		portal.removeElectrician(req.params.phone);
		res.status(204).end();
	});
}

function overview(portal: ElektrikPortal): JsonObject {
	return {
		electricians: portal.electricians(),
		faults: portal.faults(),
		statistics: portal.statistics(),
	};
}
