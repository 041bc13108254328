import { OlderN8nRest } from '../../tools/n8n/older-rest';
import { N8nRest, type Owner } from '../../tools/n8n/rest';

export const OWNER: Owner = {
	email: 'owner@example.com',
	password: 'For-tests-only-1',
	firstName: 'Test',
	lastName: 'Owner',
};

/**
 * Logs in as the owner, whose account is made when there is none.
 *
 * @param login of an earlier client, which is used instead
 */
export async function logIn(url: string, login?: string): Promise<N8nRest> {
	// npm run test:compat names a version of before 2.
	const Rest = process.env.PARTNER_EXCHANGE_N8N?.startsWith('1.') ? OlderN8nRest : N8nRest;
	const rest = new Rest(url, login);
	if (login === undefined) await rest.logInAsOwner(OWNER);
	return rest;
}
