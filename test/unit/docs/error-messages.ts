import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const CHECKOUT = join(__dirname, '..', '..', '..');

/** Errors whose text is for a person, by the position of that text among their arguments. */
const TEXT_AT: Record<string, number> = {
	ExapiInputError: 1,
	ElektrikInputError: 1,
	FieldError: 1,
	ExapiAnswerError: 1,
	HttpFailure: 1,
	InputError: 0,
	LoginError: 0,
	PartnerError: 0,
	ResultError: 1,
	UnusableAnswer: 0,
};

/** The errors that the sources in a folder make, with "…" for what varies. */
export function errorMessagesIn(folder: string): string[] {
	const files = readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' });
	const messages = files
		.filter((file) => file.endsWith('.ts'))
		.flatMap((file) => messagesOf(join(CHECKOUT, folder, file)));
	return [...new Set(messages)].sort();
}

function messagesOf(file: string): string[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(file, 'utf8'),
		ts.ScriptTarget.ES2022,
		true,
	);
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		const text = textArgument(node);
		if (text) found.push(...wordings(text));
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

/** The argument with the text, of `new SomeError(…)` and of `super(…)` in a class of ours. */
function textArgument(node: ts.Node): ts.Expression | undefined {
	if (ts.isNewExpression(node)) {
		const at = TEXT_AT[node.expression.getText()];
		return at === undefined ? undefined : node.arguments?.[at];
	}
	if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword) return;
	const base = baseOf(node);
	return base === undefined ? undefined : node.arguments[TEXT_AT[base] ?? 0];
}

function baseOf(node: ts.Node): string | undefined {
	let at = node;
	while (!ts.isClassDeclaration(at)) at = at.parent;
	const base = at.heritageClauses?.[0]?.types[0]?.expression.getText();
	return base !== undefined && base in TEXT_AT ? base : undefined;
}

function wordings(text: ts.Expression): string[] {
	if (ts.isConditionalExpression(text)) {
		return [...wordings(text.whenTrue), ...wordings(text.whenFalse)];
	}
	if (ts.isStringLiteralLike(text)) return [text.text];
	if (!ts.isTemplateExpression(text)) return [];
	return [text.head.text + text.templateSpans.map(({ literal }) => `…${literal.text}`).join('')];
}
