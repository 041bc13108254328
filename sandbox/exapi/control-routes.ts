import type { Router } from 'express';
import type { JsonObject } from '../../nodes/shared/wire';
import {
	addFaultRoutes,
	controlRouter,
	endControlRoutes,
	lastIn,
	objectIn,
	textIn,
	SandboxControlError,
} from '../control';
import {
	readFault,
	readMaxFailures,
	readOrderChange,
	readOrderSeeds,
	readPartnerMessage,
	readSecrets,
} from './control-input';
import type { ExapiCrm } from './crm';
import type { ExapiPartner } from './partner';

/**
 * The control API, JSON over HTTP: what {@link ExapiCrm} and {@link ExapiPartner} offer, by the
 * same names.
 */
export function exapiControlRoutes(crm: ExapiCrm, partner: ExapiPartner): Router {
	const router = controlRouter();
	router.get('/', (_req, res) => res.json(overview(crm)));
	router.post('/reset', (_req, res) => {
		crm.reset();
		partner.reset();
		res.json(overview(crm));
	});
	router.get('/statistics', (_req, res) => res.json(crm.statistics()));
	router.get('/receipts', (_req, res) => res.json(crm.receipts()));
	router.get('/requests', (req, res) => {
		const { method, admitted } = req.query;
		const requests = crm.requests({
			method: textIn(method),
			admitted: admitted === undefined ? undefined : admitted === 'true',
		});
		res.json(requests.slice(-lastIn(req.query)));
	});
	addOrderRoutes(router, crm);
	addBehaviourRoutes(router, crm);
	addPartnerRoutes(router, crm);
	router.post('/send', async (req, res) => {
		res.json(await partner.send(readPartnerMessage(objectIn(req.body))));
	});
	endControlRoutes(router);
	return router;
}

function addOrderRoutes(router: Router, crm: ExapiCrm): void {
	router.get('/orders', (req, res) => {
		res.json(crm.orders(textIn(req.query.sender), lastIn(req.query)));
	});
	router.get('/orders/:orderId', (req, res) => {
		const order = crm.order(req.params.orderId, textIn(req.query.sender));
		if (!order) throw new SandboxControlError(`There is no order "${req.params.orderId}"`, 404);
		res.json(order);
	});
	router.post('/orders', (req, res) => {
		res.status(201).json(crm.seed(...readOrderSeeds(req.body)));
	});
	router.patch('/orders/:orderId', (req, res) => {
		res.json(crm.changeOrder(req.params.orderId, readOrderChange(objectIn(req.body))));
	});
}

function addBehaviourRoutes(router: Router, crm: ExapiCrm): void {
	addFaultRoutes(router, crm, readFault);
	router.get('/quirks', (_req, res) => res.json(crm.quirks()));
	router.patch('/quirks', (req, res) => res.json(crm.setQuirks(objectIn(req.body))));
}

function addPartnerRoutes(router: Router, crm: ExapiCrm): void {
	router.get('/partners', (_req, res) => res.json(crm.partners()));
	router.put('/partners/:sender', (req, res) => {
		crm.setPartner(req.params.sender, ...readSecrets(objectIn(req.body)));
		res.json(crm.partners());
	});
	router.delete('/partners/:sender', (req, res) => {
		crm.removePartner(req.params.sender);
		res.status(204).end();
	});
	const bans = () => ({ maxFailures: crm.maxFailures, failures: crm.failures() });
	router.get('/bans', (_req, res) => res.json(bans()));
	router.patch('/bans', (req, res) => {
		crm.maxFailures = readMaxFailures(objectIn(req.body));
		res.json(bans());
	});
	router.delete('/bans', (_req, res) => {
		crm.clearBans();
		res.status(204).end();
	});
}

function overview(crm: ExapiCrm): JsonObject {
	return {
		partners: crm.partners(),
		maxFailures: crm.maxFailures,
		quirks: crm.quirks(),
		faults: crm.faults(),
		statistics: crm.statistics(),
	};
}
