import { InputError } from '../../shared/errors';
import { MAX_SENDER_LENGTH } from '../protocol';

export const PARTNERS_CREDENTIAL = 'exapiPartnersApi';

/** Of each sender the secrets that it may sign with: one, or the new and the old one. */
export type Partners = ReadonlyMap<string, readonly string[]>;

export const MAX_SECRETS = 2;
const SHOWN = 8;
const WHERE = 'Correct the Exapi Partners credential.';

/**
 * Reads the `partners` of the credential.
 *
 * @param value a JSON object, or its text
 * @throws InputError naming the sender that is wrong; never a secret
 */
export function readPartners(value: unknown): Partners {
	const object = typeof value === 'string' ? parse(value) : value;
	if (typeof object !== 'object' || object === null || Array.isArray(object)) {
		throw new InputError('The partners are not a JSON object such as {"sender": "secret"}', WHERE);
	}
	const partners = new Map(
		Object.entries(object).map(([sender, secrets], index) => {
			const named = `${shown(sender)} (number ${index + 1})`;
			if (sender === '' || sender.length > MAX_SENDER_LENGTH) {
				throw new InputError(
					`The sender ${named} must have 1 to ${MAX_SENDER_LENGTH} characters`,
					WHERE,
				);
			}
			return [sender, readSecrets(named, secrets)];
		}),
	);
	if (partners.size === 0) throw new InputError('There is no partner', WHERE);
	refuseCommonSecrets(partners);
	return partners;
}

/** A signature proves who sent a request only if nobody else knows the secret. */
function refuseCommonSecrets(partners: Partners): void {
	const owners = new Map<string, string>();
	for (const [index, [sender, secrets]] of [...partners].entries()) {
		const named = `${index + 1} (${shown(sender)})`;
		for (const secret of secrets) {
			const owner = owners.get(secret) ?? named;
			if (owner !== named) {
				throw new InputError(
					`The senders ${owner} and ${named} have the same secret, so that each could sign as the other`,
					`Give each a secret of its own. ${WHERE}`,
				);
			}
			owners.set(secret, owner);
		}
	}
}

/** Only its beginning: somebody may have put a secret in its place. */
function shown(sender: string): string {
	const characters = Array.from(sender);
	return `"${characters.slice(0, SHOWN).join('')}${characters.length > SHOWN ? '…' : ''}"`;
}

function readSecrets(named: string, value: unknown): readonly string[] {
	const secrets: unknown[] = Array.isArray(value) ? value : [value];
	if (secrets.length === 0 || secrets.length > MAX_SECRETS || !secrets.every(isSecret)) {
		throw new InputError(
			`The sender ${named} must have a secret, or a list of a new and an old one, as text that is not empty`,
			WHERE,
		);
	}
	return secrets;
}

function isSecret(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new InputError('The partners are not JSON', WHERE);
	}
}
