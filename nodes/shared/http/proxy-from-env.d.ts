/** The package comes without types. */
declare module 'proxy-from-env' {
	/** The proxy that the environment sets for the URL, `''` for none. */
	export function getProxyForUrl(url: string): string;
}
