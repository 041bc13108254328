import type { INode } from 'n8n-workflow';
import { PartnerError, toNodeError } from '../../../nodes/shared/errors';

const node: INode = {
	id: '1',
	name: 'Node',
	type: 'test',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

describe('an error about a partner', () => {
	// n8n has texts of its own for these codes, which name neither host nor reason.
	it.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EPROTO', 'CERT_HAS_EXPIRED'])(
		'keeps its words when they hold %s',
		(code) => {
			const message = `crm.example.com cannot be reached (${code})`;
			const error = toNodeError(
				node,
				new PartnerError(message, { outcome: 'notSent', description: 'Check the address.' }),
				0,
			);
			expect(error).toMatchObject({ message, description: 'Check the address.' });
		},
	);
});
