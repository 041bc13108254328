/** Takes one line of text, without a line break, for the person who waits. */
export type Progress = (line: string) => void;

/** Elapsed time as a person reads it: `0:07`, `3:20`. */
export function minutesAndSeconds(milliseconds: number): string {
	const seconds = Math.floor(milliseconds / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
