/** @needs chromium */

import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumProgram } from '../../tools/chromium';

/** Of a page that is looked at on a desk. */
export const DESK = { width: 1440, height: 900 };

/** Of a small telephone. */
export const PHONE = { width: 375, height: 720 };

const FLAGS = [
	// Containers and CI run as root, where Chromium's sandbox does not start.
	'--no-sandbox',
	'--disable-gpu',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** The machine's own Chromium; the caller closes it. */
export async function openBrowser(): Promise<Browser> {
	const executablePath = chromiumProgram();
	if (executablePath === undefined) {
		throw new Error('There is no Chromium. Install it, or name its program in CHROMIUM');
	}
	return await chromium.launch({ executablePath, args: FLAGS });
}

/** What a page complains of from now on: errors in its console, exceptions, answers that failed. */
export function complaintsOf(page: Page): string[] {
	const complaints: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error') complaints.push(message.text());
	});
	page.on('pageerror', ({ message }) => complaints.push(message));
	return complaints;
}
