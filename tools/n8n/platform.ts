interface ReportHeader {
	glibcVersionRuntime?: string;
}

/** Linux with musl (Alpine), where programs built against glibc do not run. */
export function isMusl(): boolean {
	if (process.platform !== 'linux') return false;
	const report = process.report.getReport() as { header?: ReportHeader };
	return report.header?.glibcVersionRuntime === undefined;
}

/** Names what a compiled file runs on: `linux-x64`, `linux-arm64-musl`, `darwin-arm64`… */
export function platformKey(): string {
	return `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
}
