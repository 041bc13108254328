import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = join(__dirname, '..', '..', '..', 'docs', 'faults.md');

/** Set to rewrite the document instead of comparing with it. */
export const REWRITES = process.env.PARTNER_EXCHANGE_WRITE_FAULTS === '1';

const INTRODUCTION = `# What happens when something goes wrong

Every operation of the three services was run by n8n's own engine against a partner of the sandbox,
through a front that spoils one thing at a time, with the node's _Retry On Fail_ off and on (two
tries). This page is written by that run, and \`npm run test:all\` fails when it is no longer true:
\`PARTNER_EXCHANGE_WRITE_FAULTS=1 npm run test:all -- --suite workflows\` writes it anew.

How to read a cell:

- **works**: the item came out as without the fault.
- **error [3]**: the run failed, and the user read text 3 below the table.
- **unknown to the sender, at most one order, look first [4]**: the request may have been carried out
  and no usable answer came, so nobody can tell from here. It is not sent again, not by _Retry On Fail_
  either; the partner has one record at most; text 4 says to check there before sending it again.
- **sent 3×, with retry 6×**: so many requests left n8n, first without and then with _Retry On Fail_.
- **stored: 1**: so many records the partner had in the end.
- **—**: cannot happen to this operation.
- A column such as _project.create: its login_ is about faults that strike a request which goes ahead of
  the operation's own.

An operation is a _read_, an _upsert_ (a second one changes what the first one made, so it may be sent
again) or a _write_ (a second one would make another record, so it may not). Unless a row says "not
carried out", the partner did what it was asked for before the fault struck: the worst case. In every
cell, nothing was doubled, nothing was reported as done that was not, no secret was in message,
description, saved run or log, and no other host got a request.
`;

/** The part under a heading as it is committed; empty when there is none. */
export function committedSection(title: string): string {
	return parts().find((part) => part.startsWith(`## ${title}\n`)) ?? '';
}

export function committedIntroduction(): string {
	return parts()[0] ?? '';
}

export function expectedIntroduction(): string {
	return INTRODUCTION;
}

/** Puts a part in place of the one of its heading, in the order of the headings. */
export function writeSection(title: string, section: string): void {
	const others = parts()
		.slice(1)
		.filter((part) => !part.startsWith(`## ${title}\n`));
	const sections = [...others, section].sort((one, other) => one.localeCompare(other, 'en'));
	writeFileSync(DOCUMENT, [INTRODUCTION, ...sections].join('\n'));
}

function parts(): string[] {
	if (!existsSync(DOCUMENT)) return [];
	const text = readFileSync(DOCUMENT, 'utf8');
	// The line between two parts belongs to neither.
	return text.split(/\n(?=## )/);
}
