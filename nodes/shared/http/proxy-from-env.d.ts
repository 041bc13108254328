/** Types for the package, which has none. */
declare module 'proxy-from-env' {
	/** Returns the proxy that the environment sets for the URL, `''` for none. */
	export function getProxyForUrl(url: string): string;
}
