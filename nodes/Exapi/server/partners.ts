import { InputError } from '../../shared/errors';
import { MAX_SENDER_LENGTH } from '../protocol';

/** Of each sender the secrets that it may sign with: one, or the new and the old one. */
export type Partners = ReadonlyMap<string, readonly string[]>;

export const MAX_SECRETS = 2;
const SHOWN = 8;
const WHERE = 'Correct the Exapi Partners API credential.';

const known = new WeakMap<object, Partners>();

/**
 * Reads the partners of a credential; once for data that was read already, since comparing all
 * partners with each other takes too long for each request.
 *
 * @throws InputError naming the sender that is wrong; never a secret
 */
export function partnersIn(credential: { partners: unknown }): Partners {
	const partners = known.get(credential) ?? readPartners(credential.partners);
	known.set(credential, partners);
	return partners;
}

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

/** A partner's secret, and where the partner stands. */
interface OwnedSecret {
	/** How errors name the partner. */
	named: string;
	sender: string;
	secret: string;
}

/** A signature proves who sent a request only if nobody else can make it. */
function refuseCommonSecrets(partners: Partners): void {
	const all = [...partners].flatMap(([sender, secrets], index) => {
		const named = `${index + 1} (${shown(sender)})`;
		return secrets.map((secret): OwnedSecret => ({ named, ...bytesOf({ sender, secret }) }));
	});
	const bySecret = new Map<string, string>();
	for (const { named, secret } of all) {
		const owner = bySecret.get(secret) ?? named;
		if (owner !== named) {
			throw new InputError(
				`The senders ${owner} and ${named} have the same secret, so that each could sign as the other`,
				`Give each its own secret. ${WHERE}`,
			);
		}
		bySecret.set(secret, owner);
	}
	refuseCommonEndings(all);
}

/**
 * exapi signs text, sender and secret without anything between them. So whoever has a sender and a
 * secret that, written together, are those of another partner, or all of them but the beginning of
 * the other's name, can sign as that partner.
 */
function refuseCommonEndings(all: readonly OwnedSecret[]): void {
	const owners = new Map(all.map((owned) => [owned.sender + owned.secret, owned]));
	for (const owned of all) {
		const { named, sender, secret } = owned;
		for (let start = 0; start <= sender.length; start++) {
			const owner = owners.get(sender.slice(start) + secret) ?? owned;
			if (owner.named === named) continue;
			const [first, second] = all.filter((one) => one === owned || one === owner);
			throw new InputError(
				`The senders ${first!.named} and ${second!.named} could be taken for each other: written together, sender and secret of one end with those of the other`,
				`Give each a long random secret. ${WHERE}`,
			);
		}
	}
}

/** What md5 sees of them, a character for each byte. */
function bytesOf<Texts extends Record<string, string>>(texts: Texts): Texts {
	const entries = Object.entries(texts).map(([name, text]) => [
		name,
		Buffer.from(text, 'utf8').toString('latin1'),
	]);
	return Object.fromEntries(entries) as Texts;
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
