import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { N8nRest, Owner } from '../n8n/rest';

const PASSWORD_FILE = 'owner-password';
const OWNER_ONLY = 0o600;
/** Of the owner of a user folder that an earlier version made. */
const FORMER_PASSWORD = 'Partner-exchange-1';

/**
 * The owner of the n8n in a user folder. Its password is random and kept in the folder, where only
 * the user can read it.
 */
export async function ownerOf(userFolder: string): Promise<Owner> {
	return {
		email: 'owner@example.com',
		password: await passwordIn(userFolder),
		firstName: 'Local',
		lastName: 'Owner',
	};
}

async function passwordIn(userFolder: string): Promise<string> {
	const file = join(userFolder, PASSWORD_FILE);
	await mkdir(userFolder, { recursive: true });
	// n8n wants a digit and a capital letter.
	const made = `${randomBytes(18).toString('base64url')}A1`;
	try {
		await writeFile(file, `${made}\n`, { flag: 'wx', mode: OWNER_ONLY });
		return made;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	await chmod(file, OWNER_ONLY);
	return (await readFile(file, 'utf8')).trim();
}

/** Logs in, and replaces the password that every copy of this program once had. */
export async function logInAs(owner: Owner, rest: N8nRest): Promise<void> {
	try {
		await rest.logInAsOwner(owner);
	} catch (error) {
		const { email, password } = owner;
		await rest.logIn({ email, password: FORMER_PASSWORD }).catch(() => {
			throw error;
		});
		await rest.call('PATCH', '/me/password', {
			currentPassword: FORMER_PASSWORD,
			newPassword: password,
		});
	}
}
