import { createHash } from 'node:crypto';
import { createSandbox } from '../../../sandbox/server';
import { runNode } from '../engine';
import type { PartnerAnswer } from './front';
import type { Partner, RunMore, Service, Subject } from './subject';

/** Invented; nobody may see the secret. */
const SENDER = 'partner_7';
const SECRET = 'never-to-be-seen 7d1f';

const ORDER_ID = 'A-1';
const order = { orderId: ORDER_ID, goodName: 'Чайник «Заря»' };
const isAddOrder = (body: Buffer) => body.includes('addOrder');

const create: Subject = {
	title: 'order.create',
	kind: 'write',
	operation: 'order.create',
	parameters: order,
	isMeant: ({ body }) => isAddOrder(body),
};

const reading = (operation: string, parameters: Subject['parameters']): Subject => ({
	title: operation,
	kind: 'read',
	operation,
	parameters,
	isMeant: () => true,
});

const subjects: readonly Subject[] = [
	create,
	{
		...create,
		title: 'order.create, “On Lost Response: Ask for the Status”',
		options: { onLostAnswer: 'askStatus' },
		asksAfterLoss: true,
	},
	reading('order.getStatus', { orderIds: 'S-1' }),
	reading('order.getStatusChanges', { revision: 0 }),
	reading('order.getAll', { since: '2026-01-01T00:00:00' }),
	{
		...create,
		title: 'request.call',
		operation: 'request.call',
		parameters: {
			method: 'addOrder',
			params: JSON.stringify([{ order_id: ORDER_ID, good_id: order.goodName }]),
		},
	},
];

let partners = 0;

async function startPartner(): Promise<Partner> {
	// Ports come again, and a process remembers by the address how a CRM treated it.
	partners += 1;
	const path = `/exapi?partner=${partners}`;
	const sandbox = createSandbox({ exapi: { partners: { [SENDER]: SECRET } } });
	const { url } = await sandbox.start();
	const { crm } = sandbox.exapi;
	crm.seed({
		orderId: 'S-1',
		status: 'confirmed',
		comment: 'позвонить после 18:00',
		createdAt: '2026-02-03T10:00:00',
		approvedAt: '2026-02-03T11:00:00',
		details: { fio: 'Тестов Тест' },
	});
	const run = async (
		{ operation, parameters, options }: Subject,
		frontUrl: string,
		{ settings, stop, options: more, allowUnauthorizedCerts = false }: RunMore,
	) => {
		const [resource, name] = operation.split('.');
		return await runNode({
			node: 'exapi',
			parameters: {
				resource,
				operation: name,
				...parameters,
				options: { ...options, ...more },
			},
			credentials: {
				exapiApi: {
					url: `${frontUrl}${path}`,
					sender: SENDER,
					secret: SECRET,
					timeZone: 'Europe/Moscow',
					allowUnauthorizedCerts,
				},
			},
			...(settings && { settings }),
			...(stop && { stop }),
		});
	};
	return {
		url,
		run,
		warmUp: async (frontUrl, more) => {
			await run(reading('order.getStatus', { orderIds: 'S-1' }), frontUrl, more);
		},
		held: () => crm.orders().filter(({ orderId }) => orderId === ORDER_ID).length,
		received: () => crm.receipts()[ORDER_ID] ?? 0,
		stop: async () => await sandbox.stop(),
	};
}

/** As docs/protocols/exapi.md, 2.2 and 2.3, has it, without any code of ours. */
function signed(answer: string, secret: string): Buffer {
	const sign = createHash('md5')
		.update(answer + SENDER + secret)
		.digest('hex');
	return Buffer.from(JSON.stringify({ sign, answer }));
}

function answerIn({ body }: PartnerAnswer): string {
	return (JSON.parse(body.toString()) as { answer: string }).answer;
}

export const EXAPI: Service = {
	name: 'exapi',
	title: 'exapi',
	subjects,
	local: ['request.respond'],
	record: 'order',
	startPartner,
	secretsIn: () => [SECRET],
	otherAnswer: (answer) => {
		const inner = JSON.parse(answerIn(answer)) as Record<string, unknown>;
		return signed(JSON.stringify({ ...inner, id: 'another' }), SECRET);
	},
	rewritten: {
		emptyError: (answer) => {
			const inner = JSON.parse(answerIn(answer)) as Record<string, unknown>;
			return signed(JSON.stringify({ ...inner, error: [] }), SECRET);
		},
		// No JavaScript number has these digits.
		longNumber: (answer) =>
			signed(answerIn(answer).replace(/^\{/, '{"trace":12345678901234567891,'), SECRET),
		orderNumber: (answer) => signed(answerIn(answer).replace('[["S-1",', '[[" s-1",'), SECRET),
	},
	wrongSignature: (answer) => signed(answerIn(answer), 'another secret'),
};
