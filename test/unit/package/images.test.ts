import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', '..', 'docs', 'images');
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

const images = existsSync(FOLDER)
	? readdirSync(FOLDER).filter((name) => name.endsWith('.png'))
	: [];

it('the pictures of the documentation are PNGs that a slow connection can load', () => {
	const large = images.filter((name) => readFileSync(join(FOLDER, name)).length > 100 * 1024);
	expect(large).toEqual([]);
	for (const name of images) {
		expect([name, readFileSync(join(FOLDER, name)).subarray(0, 8)]).toEqual([name, PNG]);
	}
});
