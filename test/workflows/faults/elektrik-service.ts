import {
	readCheckRequest,
	readCheckUser,
	writeCheckAnswer,
	writeCheckUserResponse,
	writeWsdl,
	type UserCheck,
} from '../../../nodes/Elektrik/protocol';
import { createSandbox } from '../../../sandbox/server';
import { UID } from '../elektrik-bench';
import { runNode } from '../engine';
import type { SeenRequest } from './front';
import { serveRequests } from './plain-server';
import type { Partner, RunMore, Service, Subject } from './subject';

const PHONE = '79000000001';
const POINTS = 99;
const KNOWN: UserCheck = { exist: true, points: 12.5 };

const checking = (title: string, protocol: string, more: Partial<Subject> = {}): Subject => ({
	title,
	kind: 'read',
	operation: 'user.check',
	parameters: { protocol, phone: PHONE },
	isMeant: ({ method }) => method === 'POST',
	maxMegabytes: 1,
	...more,
});

/** XML begins with its own first character; what stands before it makes it none. */
const XML_EFFECTS = {
	'A PHP warning before the response': 'lost',
	'PHP notices before and after the response, with braces and quotes': 'lost',
} as const;

const subjects: readonly Subject[] = [
	{
		title: 'user.updatePoints',
		kind: 'upsert',
		operation: 'user.updatePoints',
		parameters: { phone: PHONE, points: POINTS },
		isMeant: () => true,
		maxMegabytes: 1,
	},
	checking('user.check by JSON', 'json'),
	checking('user.check by SOAP', 'soap', { effects: XML_EFFECTS }),
	checking('user.check by SOAP: its WSDL', 'soap', {
		isMeant: ({ method }) => method === 'GET',
		effects: XML_EFFECTS,
	}),
];

async function startPortal(): Promise<Omit<Partner, 'run' | 'warmUp'>> {
	const sandbox = createSandbox({ elektrik: { uid: UID, electricians: [{ phone: PHONE }] } });
	const { url } = await sandbox.start();
	const { portal } = sandbox.elektrik;
	const electrician = () => portal.electrician(PHONE);
	return {
		url,
		held: () => (electrician()?.points === POINTS ? 1 : 0),
		received: () => electrician()?.timesUpdated ?? 0,
		stop: async () => await sandbox.stop(),
	};
}

/** A distributor whom the portal may ask both ways. */
async function startDistributor(): Promise<Omit<Partner, 'run' | 'warmUp'>> {
	const { url, close } = await serveRequests(answerCheck);
	return { url, held: () => 0, received: () => 0, stop: close };
}

function answerCheck({ method, body, path, headers }: SeenRequest) {
	if (method === 'GET') {
		const address = `${String(headers['x-forwarded-proto'])}://${headers.host ?? ''}${path.split('?')[0] ?? ''}`;
		return { status: 200, type: 'text/xml; charset=utf-8', body: writeWsdl(address) };
	}
	const type = headers['content-type'];
	if (type === 'application/json') {
		readCheckRequest(body.toString());
		return { status: 200, type, body: writeCheckAnswer(KNOWN) };
	}
	const message = writeCheckUserResponse(readCheckUser(body, type).version, KNOWN);
	return { status: message.status, type: message.contentType, body: message.body };
}

async function startPartner({ operation }: Subject): Promise<Partner> {
	const partner = await (operation === 'user.check' ? startDistributor() : startPortal());
	const run = async (
		subject: Subject,
		frontUrl: string,
		{ settings, stop, options, allowUnauthorizedCerts = false }: RunMore,
	) =>
		await runNode({
			node: 'elektrik',
			parameters: {
				resource: 'user',
				operation: operation.split('.')[1],
				endpoint: `${frontUrl}/check`,
				...subject.parameters,
				options,
			},
			credentials: {
				elektrikApi: { url: `${frontUrl}/elektrik/integration/`, uid: UID, allowUnauthorizedCerts },
			},
			...(settings && { settings }),
			...(stop && { stop }),
		});
	return {
		...partner,
		run,
		warmUp: async (frontUrl, more) => {
			await run(subjects[0]!, frontUrl, more);
		},
	};
}

export const ELEKTRIK: Service = {
	name: 'elektrik',
	title: 'Elektrik.ru',
	subjects,
	local: ['phone.hash', 'request.respond', 'user.find'],
	record: 'record',
	startPartner,
	secretsIn: () => [UID],
	otherAnswer: ({ body }, { body: asked }) => {
		if (body.includes('CheckUser')) {
			return Buffer.from(body.toString().replaceAll('CheckUser', 'AddUser'));
		}
		const isUpdate = asked.includes('user.update.points');
		return Buffer.from(isUpdate ? writeCheckAnswer(KNOWN) : '{"success":true,"result":true}');
	},
};
