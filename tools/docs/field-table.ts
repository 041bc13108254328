import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { markdownTable } from './markdown-table';
import type { Language } from './language';

/** Fields that select the subject of a table. */
const CHOOSERS = new Set(['resource', 'operation', 'dataMode']);

/** The most choices that are listed in a table. */
const MANY_CHOICES = 30;

/** Writes a table of the editor's texts about fields, one row per field. */
export class FieldTable {
	/** Texts of the fields that have no translation. */
	readonly untranslated = new Set<string>();

	constructor(
		private readonly fields: readonly INodeProperties[],
		private readonly language: Language,
	) {}

	toMarkdown(): string {
		const rows = this.fields.flatMap((field) => this.rowsOf(field, ''));
		return markdownTable([[...this.language.heads], ...rows]);
	}

	private rowsOf(field: INodeProperties, parent: string): string[][] {
		if (field.type === 'notice' || field.type === 'hidden') return [];
		const label = `${parent}${field.displayName}`;
		const inner = (field.options ?? []).flatMap((option) => {
			if ('type' in option) return this.rowsOf(option, `${field.displayName} › `);
			if (!('values' in option)) return [];
			return option.values.flatMap((value) => this.rowsOf(value, `${field.displayName} › `));
		});
		const onlyGroups = field.type === 'collection' && field.description === undefined;
		return onlyGroups
			? inner
			: [[label, `\`${field.name}\``, this.preset(field), this.about(field)], ...inner];
	}

	private preset(field: INodeProperties): string {
		const { required, on, off } = this.language;
		const { default: preset, type } = field;
		if (typeof preset === 'boolean') return preset ? on : off;
		if (type === 'options') return this.labelOf(field, preset);
		if (Array.isArray(preset)) {
			return preset.map((value) => this.labelOf(field, value)).join(', ');
		}
		const text = typeof preset === 'object' ? '' : String(preset ?? '').replace(/\s+/g, ' ');
		if (text === '') return field.required ? required : '';
		return type === 'number' ? text : `\`${text}\``;
	}

	private about(field: INodeProperties): string {
		return [
			this.words(field.description),
			this.words(field.hint),
			...this.choices(field),
			...this.conditions(field),
		]
			.filter((sentence) => sentence !== '')
			.map((sentence) => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`))
			.join(' ')
			.replaceAll('|', '\\|');
	}

	private choices({ type, options = [] }: INodeProperties): string[] {
		if (type !== 'options' && type !== 'multiOptions') return [];
		const known = options as INodePropertyOptions[];
		if (known.length > MANY_CHOICES) return [this.language.fromList(known.length)];
		if (known.some(({ description }) => description === undefined)) {
			return [`${this.language.oneOf}: ${known.map(({ name }) => `_${name}_`).join(', ')}`];
		}
		const { means } = this.language;
		return known.map(({ name, description }) => `_${name}_${means}${this.words(description)}`);
	}

	private conditions({ displayOptions = {} }: INodeProperties): string[] {
		const { onlyWhen, notWhen } = this.language;
		return [
			this.sentence(onlyWhen, displayOptions.show),
			this.sentence(notWhen, displayOptions.hide),
		];
	}

	private sentence(start: string, conditions: object = {}): string {
		const { is, and, or } = this.language;
		const parts = Object.entries(conditions)
			.map(([path, values]): [string, unknown[]] => [path.replace('/', ''), values as unknown[]])
			.filter(([name]) => !CHOOSERS.has(name))
			.map(([name, values]) => {
				const field = this.fields.find((candidate) => candidate.name === name);
				const labels = values.map((value) => this.shown(name, value));
				return `_${field?.displayName ?? name}_${is}${labels.join(or)}`;
			});
		return parts.length === 0 ? '' : start + parts.join(and);
	}

	/** Returns the label of a value. Fields with the same name may have other choices for another operation. */
	private shown(name: string, value: unknown): string {
		if (typeof value === 'boolean') return value ? this.language.on : this.language.off;
		const fields = this.fields.filter((field) => field.name === name);
		const options = fields.flatMap((field) => (field.options ?? []) as INodePropertyOptions[]);
		return this.labelOf({ options }, value);
	}

	private labelOf({ options = [] }: Pick<INodeProperties, 'options'>, value: unknown): string {
		const found = (options as INodePropertyOptions[]).find((option) => option.value === value);
		return `_${found?.name ?? String(value)}_`;
	}

	private words(text = ''): string {
		if (text === '') return '';
		const translated = this.language.translate(text);
		if (translated === undefined) this.untranslated.add(text);
		return translated ?? text;
	}
}
