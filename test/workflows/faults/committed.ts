import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = join(__dirname, '..', '..', '..', 'docs', 'faults.md');

/** Set to rewrite the document instead of comparing with it. */
export const REWRITES = process.env.PARTNER_EXCHANGE_WRITE_FAULTS === '1';

const INTRODUCTION = `# What happens when something goes wrong

n8n's own engine ran every operation of the three services against a partner of the sandbox, through a
proxy that injects one fault at a time, with the node's _Retry On Fail_ off and on (two attempts). That run
writes this page, and \`npm run test:all\` fails when the page is no longer true. To write it again, run
\`PARTNER_EXCHANGE_WRITE_FAULTS=1 npm run test:all -- --suite workflows\`.

How to read a cell:

- **works**: the output was the same as without the fault.
- **error [3]**: the run failed, and the user saw text 3 below the table.
- **outcome unknown, at most one order, check first [4]**: the request may have been executed, and no usable
  response arrived. It is not sent again, not by _Retry On Fail_ either. The partner has at most one record,
  and text 4 says to check there before sending it again.
- **sent 3×, with retry 6×**: the number of requests that n8n sent, without and with _Retry On Fail_.
- **stored: 1**: the number of records that the partner had at the end.
- **—**: cannot happen to this operation.
- A column such as _project.create: its login_ is about faults that affect a request before the operation's
  own.

An operation is a _read_, an _upsert_ (a second one changes what the first one created, so it may be sent
again) or a _write_ (a second one would create another record, so it may not). Unless a row says "not
executed", the partner executed the request before the fault occurred, which is the worst case. In no cell
was a record duplicated, a failure reported as a success, a secret shown in a message, description, saved
run or log, or a request sent to another host.
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
