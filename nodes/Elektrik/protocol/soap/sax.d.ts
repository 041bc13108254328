/** The package comes without types; these are the parts that are used here. */
declare module 'sax' {
	export interface QualifiedName {
		/** Without its prefix. */
		local: string;
		uri: string;
	}

	export interface QualifiedAttribute extends QualifiedName {
		value: string;
	}

	export interface QualifiedTag extends QualifiedName {
		attributes: Record<string, QualifiedAttribute>;
	}

	export interface SAXParser {
		write(text: string): SAXParser;
		close(): SAXParser;
		onopentag: (tag: QualifiedTag) => void;
		onclosetag: () => void;
		onopennamespace: () => void;
		ontext: (text: string) => void;
		oncdata: (text: string) => void;
		ondoctype: (type: string) => void;
		onsgmldeclaration: () => void;
		onerror: (error: Error) => void;
	}

	/** Without namespaces, and with places in the text, counted in characters. */
	export interface PlainParser {
		write(text: string): PlainParser;
		close(): PlainParser;
		readonly position: number;
		/** Behind the bracket that opened the tag, the comment or the like. */
		readonly startTagPosition: number;
		onopentag: (tag: { name: string; attributes: Record<string, string> }) => void;
		onclosetag: () => void;
		onattribute: () => void;
		oncomment: () => void;
		ondoctype: (type: string) => void;
		onsgmldeclaration: () => void;
		onerror: (error: Error) => void;
	}

	export function parser(
		strict: true,
		options: { strictEntities: true; position: true },
	): PlainParser;
	export function parser(
		strict: true,
		options: { xmlns: true; strictEntities: true; position: false },
	): SAXParser;
}
