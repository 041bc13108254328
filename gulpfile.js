const { rm } = require('node:fs/promises');
const { src, dest, parallel } = require('gulp');

/** Removes what an earlier build left, so that nothing deleted from the source is packed. */
async function clean() {
	await rm('dist', { recursive: true, force: true });
}

/** Icons are bytes, not text: `encoding: false` keeps gulp from re-encoding them. */
function icons() {
	return src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
}

/** Codex files tell n8n the categories and search words of a node. */
function codex() {
	return src('nodes/**/*.node.json').pipe(dest('dist/nodes'));
}

/** What n8n shows of an operation's output before it ran. */
function schemas() {
	return src('nodes/**/__schema__/**/*.json').pipe(dest('dist/nodes'));
}

exports.clean = clean;
exports.assets = parallel(icons, codex, schemas);
