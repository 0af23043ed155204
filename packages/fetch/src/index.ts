// Getting what is at an address: names, HTTP and HTTPS, redirects, proxies, retries. For small texts, not for images.

export { fetchUrl, openUrl } from './fetch-url.ts';
export type { Fetched, FetchHost, FetchOptions, OpenedUrl } from './fetch-url.ts';
export { fetchWithRetries } from './fetch-with-retries.ts';
export type { RetryOptions } from './fetch-with-retries.ts';
export { resolveName } from './names/resolve-name.ts';
export type { ResolverHost } from './names/resolve-name.ts';
export { describeUrl, parseUrl, resolveUrl } from './url.ts';
export type { Url } from './url.ts';
