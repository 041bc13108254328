import { InputError } from '../../shared/errors';
import { MAX_SENDER_LENGTH } from '../protocol';

/** The secrets that each sender may sign with: one, or a new and an old one. */
export type Partners = ReadonlyMap<string, readonly string[]>;

export const MAX_SECRETS = 2;
const SHOWN = 8;
const WHERE = 'Correct the Exapi Partners API credential.';

const known = new WeakMap<object, Partners>();

/**
 * Reads the partners of a credential, once for the same data: comparing all partners with each other
 * takes too long to do it for each request.
 *
 * @throws InputError that names the invalid sender and never contains a secret
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
 * @throws InputError that names the invalid sender and never contains a secret
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

/** A partner's secret, and the partner it belongs to. */
interface OwnedSecret {
	/** The partner's name in errors. */
	named: string;
	sender: string;
	secret: string;
}

/** Throws if two partners have the same secret: a signature must identify its sender. */
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
 * Throws if one partner could sign as another. exapi signs text, sender and secret without separators: if
 * the sender and secret of one partner, joined, equal those of another, or those without the beginning of
 * the name, the signatures can be the same.
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

/** Converts texts to the bytes that md5 reads, one character per byte. */
function bytesOf<Texts extends Record<string, string>>(texts: Texts): Texts {
	const entries = Object.entries(texts).map(([name, text]) => [
		name,
		Buffer.from(text, 'utf8').toString('latin1'),
	]);
	return Object.fromEntries(entries) as Texts;
}

/** Shows only the beginning of a sender: a user may have entered a secret in its place. */
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
