import type { N8nInstallation } from '../../tools/n8n/install';
import type { Measured } from './report/table';
import type { Row, Size } from './row';
import { Stage, type Progress } from './stage';

/**
 * Measures rows one after the other. A row that fails does not keep the others from being measured.
 *
 * @throws what setting the stage throws
 */
export async function measureRows(
	rows: readonly Row[],
	size: Size,
	progress: Progress,
): Promise<{ measured: Measured[]; n8n: N8nInstallation }> {
	const stage = await Stage.set(progress);
	try {
		const measured: Measured[] = [];
		for (const row of rows) {
			const started = Date.now();
			progress(`Row ${row.id}: ${row.title.replaceAll('`', '')}`);
			measured.push({ row, outcome: await measure(row, stage, size, progress) });
			progress(`  ${((Date.now() - started) / 1000).toFixed(1)} s`);
		}
		return { measured: measured.sort(byNumber), n8n: stage.n8n };
	} finally {
		await stage.end();
	}
}

async function measure(
	row: Row,
	stage: Stage,
	size: Size,
	progress: Progress,
): Promise<Measured['outcome']> {
	try {
		await stage.prepare();
		return await row.measure(stage, size, progress);
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

/** As the table has them, however it was best to measure them; the one without a number last. */
function byNumber(a: Measured, b: Measured): number {
	const place = ({ row }: Measured) => Number(row.id) || Number.MAX_SAFE_INTEGER;
	return place(a) - place(b);
}
