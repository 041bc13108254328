import * as UPNG from 'upng-js';

/** What a person on a slow connection waits for without noticing. */
const LARGEST_BYTES = 100 * 1024;

/** Fewer colours make a picture smaller; those of an editor are few, and the eye misses none. */
const COLOURS = [256, 128, 64, 32];

/**
 * A picture with so few colours that its file stays below 100 KB.
 *
 * @param png a PNG
 * @throws Error when it is too large even so: show less of the screen
 */
export function smallPng(png: Buffer): Buffer {
	if (png.length <= LARGEST_BYTES) return png;
	const image = UPNG.decode(Uint8Array.from(png).buffer);
	const pixels = UPNG.toRGBA8(image);
	for (const colours of COLOURS) {
		const smaller = Buffer.from(UPNG.encode(pixels, image.width, image.height, colours));
		if (smaller.length <= LARGEST_BYTES) return smaller;
	}
	throw new Error(`A picture of ${image.width} × ${image.height} does not fit into 100 KB`);
}
