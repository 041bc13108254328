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
	readFileSeeds,
	readRecordSeed,
	readSessionAge,
	readSessionEnd,
	readSettings,
	readUser,
} from './control-input';
import type { ClientRightCrm } from './crm';
import type { RecordKind } from './record-types';

/** The control API, JSON over HTTP: what {@link ClientRightCrm} offers, by the same names. */
export function clientRightControlRoutes(crm: ClientRightCrm): Router {
	const router = controlRouter();
	router.get('/', (_req, res) => res.json(overview(crm)));
	router.post('/reset', (_req, res) => {
		crm.reset();
		res.json(overview(crm));
	});
	router.get('/statistics', (_req, res) => res.json(crm.statistics()));
	router.get('/requests', (req, res) => {
		res.json(crm.requests({ operation: textIn(req.query.operation), last: lastIn(req.query) }));
	});
	addRecordRoutes(router, crm);
	addFileRoutes(router, crm);
	addBehaviourRoutes(router, crm);
	addSessionRoutes(router, crm);
	endControlRoutes(router);
	return router;
}

function addRecordRoutes(router: Router, crm: ClientRightCrm): void {
	router.get('/records', (req, res) => {
		const kind = textIn(req.query.kind) as RecordKind | undefined;
		res.json(crm.records(kind, lastIn(req.query)));
	});
	router.post('/records', (req, res) => {
		const { kind, fields } = readRecordSeed(objectIn(req.body));
		res.status(201).json(crm.seed(kind, fields));
	});
	router.get('/records/:id', (req, res) => {
		const record = crm.record(req.params.id);
		if (!record) throw new SandboxControlError(`There is no record "${req.params.id}"`, 404);
		res.json(record);
	});
}

function addFileRoutes(router: Router, crm: ClientRightCrm): void {
	router.get('/files', (req, res) => res.json(crm.files(textIn(req.query.contactId))));
	router.post('/records/:id/files', (req, res) => {
		res.status(201).json(crm.addFiles(req.params.id, ...readFileSeeds(req.body)));
	});
	router.patch('/files', (req, res) => {
		const { path, forbidden } = objectIn(req.body);
		if (typeof path !== 'string' || typeof forbidden !== 'boolean') {
			throw new SandboxControlError('Send {"path": "storage/…", "forbidden": true or false}');
		}
		crm.forbidFile(path, forbidden);
		res.json(crm.files());
	});
}

function addBehaviourRoutes(router: Router, crm: ClientRightCrm): void {
	addFaultRoutes(router, crm, readFault);
	router.get('/quirks', (_req, res) => res.json(crm.quirks()));
	router.patch('/quirks', (req, res) => res.json(crm.setQuirks(objectIn(req.body))));
	router.get('/settings', (_req, res) => res.json(crm.settings()));
	router.patch('/settings', (req, res) => {
		res.json(crm.setSettings(readSettings(objectIn(req.body))));
	});
}

function addSessionRoutes(router: Router, crm: ClientRightCrm): void {
	router.get('/users', (_req, res) => res.json(crm.users()));
	router.put('/users/:username', (req, res) => {
		crm.setUser(req.params.username, readUser(objectIn(req.body)));
		res.json(crm.users());
	});
	router.delete('/users/:username', (req, res) => {
		crm.removeUser(req.params.username);
		res.status(204).end();
	});
	router.get('/sessions', (_req, res) => res.json(crm.sessions()));
	router.post('/sessions/expire', (req, res) => {
		crm.expireSessions(...readSessionEnd(objectIn(req.body ?? {})));
		res.json(crm.sessions());
	});
	router.post('/sessions/age', (req, res) => {
		crm.ageSessions(...readSessionAge(objectIn(req.body)));
		res.json(crm.sessions());
	});
	router.post('/challenges/expire', (_req, res) => {
		crm.expireChallenges();
		res.status(204).end();
	});
}

function overview(crm: ClientRightCrm): JsonObject {
	return {
		users: crm.users(),
		settings: crm.settings(),
		quirks: crm.quirks(),
		faults: crm.faults(),
		statistics: crm.statistics(),
	};
}
