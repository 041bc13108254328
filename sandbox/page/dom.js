/**
 * An element with properties and children. Texts become text nodes, never HTML: they come from
 * partners.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] of the DOM, or attributes where there is no such one
 * @param {...(Node | string)} children
 */
export function element(tag, properties = {}, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (name in made) made[name] = value;
		else made.setAttribute(name, String(value));
	}
	made.append(...children);
	return made;
}

/** Text that stands back. */
export const quiet = (text) => element('span', { className: 'quiet' }, text);

/** What may be looked at when the line above does not say enough. */
export function details(title, text) {
	return element('details', {}, element('summary', {}, title), element('pre', {}, text));
}

/** The time of day of an ISO 8601 moment. */
export function timeOfDay(moment) {
	return new Date(moment).toLocaleTimeString([], { hour12: false });
}

/**
 * Shows entries in a list, the first one on top. Items of unchanged entries stay as they are, so
 * that the user does not lose what is opened or focused in them.
 *
 * @param {HTMLElement} list
 * @param {Array<object>} entries
 * @param {{ key: (entry: object) => string, item: (entry: object) => HTMLElement, empty: string }} how
 */
export function showList(list, entries, { key, item, empty }) {
	const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
	const items = entries.map((entry) => {
		const text = JSON.stringify(entry);
		const shown = before.get(key(entry));
		if (shown?.dataset.shows === text) return shown;
		const made = item(entry);
		made.dataset.key = key(entry);
		made.dataset.shows = text;
		return made;
	});
	if (items.length === 0) items.push(element('li', { className: 'empty' }, empty));
	const isSame =
		items.length === list.children.length &&
		items.every((one) => before.get(one.dataset.key) === one);
	if (isSame && entries.length > 0) return;
	const focused = focusedIn(list);
	list.replaceChildren(...items);
	focused?.();
}

/** @returns what gives the focus back to the same control of the same entry */
function focusedIn(list) {
	const { activeElement } = document;
	const item = activeElement?.closest('[data-key]');
	if (!item || !list.contains(item)) return undefined;
	const controls = 'a, button, input, select, summary';
	const index = [...item.querySelectorAll(controls)].indexOf(activeElement);
	return () => {
		const same = [...list.children].find((child) => child.dataset.key === item.dataset.key);
		same?.querySelectorAll(controls)[index]?.focus({ preventScroll: true });
	};
}
