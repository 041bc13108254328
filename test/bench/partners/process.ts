import { randomBytes } from 'node:crypto';
import type { ClientRightCrm } from '../../../sandbox/clientright';
import { createSandbox, type SandboxAddress } from '../../../sandbox/server';
import { answerCalls } from '../process/callee';

/** What the bench reads of an exapi CRM after a run. */
export interface CrmFigures {
	requests: number;
	orders: number;
	connectionsOpened: number;
	mostConnectionsAtOnce: number;
}

/** What the bench reads of a ClientRight CRM after a run. */
export interface ContactFigures {
	logins: number;
	contacts: number;
}

/** How the partners behave in the next run; everything before is forgotten. */
export interface Conditions {
	/** Milliseconds until an exapi CRM answers. */
	answerTime?: number;
	/** Milliseconds that each call of a ClientRight CRM takes, its session locked. */
	workTime?: number;
	/** Orders in the exapi CRM. */
	orders?: number;
	/** Documents of a client in the ClientRight CRM. */
	documents?: { count: number; bytes: number };
	/** Clients in the ClientRight CRM. */
	records?: number;
}

function clientOf(index: number): Record<string, string> {
	return {
		firstname: 'Василий',
		lastname: 'Пупкинидзе',
		mobile: `+7${String(9_000_000_000 + index)}`,
		birthday: '1986-11-15',
	};
}

function addDocuments(
	crm: ClientRightCrm,
	{ count, bytes }: NonNullable<Conditions['documents']>,
): void {
	const { id } = crm.seed('contact', { lastname: 'Пупкинидзе' });
	const content = randomBytes(bytes);
	const files = Array.from({ length: count }, (_, index) => ({ title: `№ ${index}`, content }));
	crm.addFiles(id, ...files);
}

async function main(): Promise<void> {
	const sandbox = createSandbox({ exapi: { keepRequests: 1 }, clientright: { keepRequests: 1 } });
	const address: SandboxAddress = await sandbox.start();
	const { exapi, clientright } = sandbox;
	answerCalls({
		address: () => address,
		prepare({ answerTime = 0, workTime = 0, orders = 0, records = 0, documents }: Conditions) {
			exapi.crm.reset();
			clientright.crm.reset();
			if (answerTime > 0) exapi.crm.injectFault({ kind: 'delay', ms: answerTime, times: 'always' });
			if (workTime > 0)
				clientright.crm.injectFault({ kind: 'delay', ms: workTime, times: 'always' });
			for (let index = 0; index < orders; index++) exapi.crm.seed({ orderId: `S-${index}` });
			for (let index = 0; index < records; index++)
				clientright.crm.seed('contact', clientOf(index));
			if (documents) addDocuments(clientright.crm, documents);
		},
		exapi(): CrmFigures {
			const { requests, orders, connectionsOpened, mostConnectionsAtOnce } = exapi.crm.statistics();
			return { requests, orders, connectionsOpened, mostConnectionsAtOnce };
		},
		clientright(): ContactFigures {
			const { logins, contacts } = clientright.crm.statistics();
			return { logins, contacts };
		},
	});
}

void main();
