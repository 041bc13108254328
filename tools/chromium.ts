import { existsSync } from 'node:fs';

const USUAL_PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/snap/bin/chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The Chromium or Chrome of this machine: the one that CHROMIUM names, else one in a usual place. */
export function chromiumProgram(): string | undefined {
	const { CHROMIUM } = process.env;
	return [CHROMIUM, ...USUAL_PLACES].find((path) => path !== undefined && existsSync(path));
}
