// The proxies of `rancher.network`: as programs look for them, and for what we fetch ourselves.

import { isInSubnet, parseIpAddress, quoteWord } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';

const KEYS = ['http_proxy', 'https_proxy', 'no_proxy'] as const;

type Proxies = Pick<Configuration['rancher']['network'], (typeof KEYS)[number]>;

/** NAME=value, in both spellings: some programs know only one. */
export function proxyEnvironment(proxies: Proxies): string[] {
  return KEYS.flatMap((key) => {
    const value = proxies[key];
    return value === undefined || value === '' ? [] : [`${key}=${value}`, `${key.toUpperCase()}=${value}`];
  });
}

/** `environment` with the proxies as they are configured now, in place of those that it has. */
export function withProxies(environment: readonly string[], { environment: own, network }: Pick<Configuration['rancher'], 'environment' | 'network'>): string[] {
  const names: readonly string[] = KEYS.flatMap((key) => [key, key.toUpperCase()]);
  const nameOf = (line: string): string => line.slice(0, line.indexOf('='));
  const proxies = proxyEnvironment(network);
  const asked = names.filter((name) => own[name] !== undefined && !proxies.some((line) => nameOf(line) === name)).map((name) => `${name}=${own[name]!}`);
  return [...environment.filter((line) => !names.includes(nameOf(line))), ...asked, ...proxies];
}

/** For /etc/profile.d; empty without any. */
export function renderProxyProfile(proxies: Proxies): string {
  return proxyEnvironment(proxies).map((line) => {
    const at = line.indexOf('=');
    return `export ${line.slice(0, at)}=${quoteWord(line.slice(at + 1))}\n`;
  }).join('');
}

export interface FetchTarget {
  readonly scheme: 'http' | 'https';
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * The address of the proxy to ask for `target`; undefined: ask it directly. `no_proxy` means what it does to Docker:
 * `name` and `.name` (with all below it), ADDRESS, SUBNET/LENGTH, each with :PORT if that matters, or `*`. This machine
 * and its link (127.0.0.1, 169.254.0.0/16, where clouds keep their metadata) are never behind a proxy.
 */
export function chooseProxy(proxies: Proxies, target: FetchTarget): string | undefined {
  const proxy = target.scheme === 'http' ? proxies.http_proxy : proxies.https_proxy;
  if (proxy === undefined || proxy === '' || isOwn(target.host)) return undefined;
  const exceptions = (proxies.no_proxy ?? '').split(/[\s,]+/).filter((one) => one !== '');
  return exceptions.some((one) => isException(one.toLowerCase(), target)) ? undefined : proxy;
}

function isOwn(host: string): boolean {
  return host === 'localhost' || ['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10'].some((subnet) => isInSubnet(host, subnet));
}

function isException(exception: string, { host, port }: FetchTarget): boolean {
  if (exception === '*') return true;
  if (isInSubnet(host, exception)) return true;
  const [, bracketed, plain, onlyPort] = /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(parseIpAddress(exception) === undefined ? exception : `[${exception}]`)!;
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
  const name = (bracketed ?? plain ?? '').replace(/^\*?\./, '');
  const asked = host.toLowerCase().replace(/\.$/, '');
  return asked === name || (parseIpAddress(asked) === undefined && asked.endsWith(`.${name}`));
}
