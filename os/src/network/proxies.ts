// The proxies of `rancher.network`, as programs look for them.

import { quoteWord } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';

const KEYS = ['http_proxy', 'https_proxy', 'no_proxy'] as const;

/** NAME=value, in both spellings: some programs know only one. */
export function proxyEnvironment({ rancher: { network } }: Configuration): string[] {
  return KEYS.flatMap((key) => {
    const value = network[key];
    return value === undefined || value === '' ? [] : [`${key}=${value}`, `${key.toUpperCase()}=${value}`];
  });
}

/** For /etc/profile.d; empty without any. */
export function renderProxyProfile(config: Configuration): string {
  return proxyEnvironment(config).map((line) => {
    const at = line.indexOf('=');
    return `export ${line.slice(0, at)}=${quoteWord(line.slice(at + 1))}\n`;
  }).join('');
}
