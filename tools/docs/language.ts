import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from '../n8n/checkout';

/** The words of a table, and the descriptions in its language. */
export interface Language {
	heads: readonly [string, string, string, string];
	required: string;
	on: string;
	off: string;
	oneOf: string;
	/** For a field with too many choices to name them. */
	fromList(count: number): string;
	onlyWhen: string;
	notWhen: string;
	is: string;
	and: string;
	or: string;
	/** Between a choice and what it means. */
	means: string;
	/** @returns `undefined` for a text that has no translation */
	translate(text: string): string | undefined;
}

export const english: Language = {
	heads: ['Field', 'Name', 'Default', 'What it is'],
	required: '**required**',
	on: 'on',
	off: 'off',
	oneOf: 'One of',
	fromList: (count) => `A list of ${count} to choose from`,
	onlyWhen: 'Only when ',
	notWhen: 'Not when ',
	is: ' is ',
	and: ' and ',
	or: ' or ',
	means: ': ',
	translate: (text) => text,
};

/** The file with a Russian text for each English one of the editor. */
export const RUSSIAN_TEXTS = join('docs', 'ru', 'fields.json');

/** Labels stay English, as n8n shows them; it cannot translate those of community nodes. */
export function russian(): Language {
	const file = join(checkoutFolder(), RUSSIAN_TEXTS);
	const texts = new Map(
		Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>),
	);
	return {
		heads: ['Поле', 'Имя', 'По умолчанию', 'Что это'],
		required: '**обязательно**',
		on: 'включено',
		off: 'выключено',
		oneOf: 'Варианты',
		fromList: (count) => `Выбирается из списка, вариантов: ${count}`,
		onlyWhen: 'Видно, если ',
		notWhen: 'Скрыто, если ',
		is: ' — ',
		and: ' и ',
		or: ' или ',
		means: ' — ',
		translate: (text) => texts.get(text),
	};
}
