import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from '../n8n/checkout';

/** The texts of a table, and the translation of descriptions. */
export interface Language {
	heads: readonly [string, string, string, string];
	required: string;
	on: string;
	off: string;
	oneOf: string;
	/** The text for a field with too many choices to list. */
	fromList(count: number): string;
	onlyWhen: string;
	notWhen: string;
	is: string;
	and: string;
	or: string;
	/** Text between a choice and its meaning. */
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

/** Creates the Russian language. Labels stay English: n8n cannot translate those of community nodes. */
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
