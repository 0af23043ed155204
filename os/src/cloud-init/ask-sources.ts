// Asks the datasources of the network, all at the same time. INVARIANT: it ends by its deadline, whatever they do.

import { CancelSource, codeOf, explain, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { fetchWithRetries } from '@drover/fetch';
import type { FetchHost, FetchOptions } from '@drover/fetch';
import type { Found, Get, SourceContext, SourceName } from './datasource.ts';
import { DATASOURCES } from './datasources.ts';
import { NETWORK_READERS } from './network-readers.ts';
import { getTftp } from './tftp.ts';

export interface AskOptions extends Pick<FetchOptions, 'authorities' | 'proxyFor'>, Pick<SourceContext, 'kernelWords' | 'hasDevice' | 'routers'> {
  /** Of host.clock.monotonic(). */
  readonly deadline: number;
  readonly cancel?: Cancel;
  /** Told of what is waited for, and of what was not found and why. */
  readonly onRemark: (text: string) => void;
}

/** User-data that is larger was not meant for a configuration. */
const LIMIT_BYTES = 1 << 20;
/** How long sources that stand further ahead may still answer once another has. */
const GRACE_MS = 3000;
const REMARK_MS = 5000;

/** The first of the list that has something. */
export async function askSources(host: FetchHost, sources: readonly SourceName[], options: AskOptions): Promise<Found | undefined> {
  const stop = new CancelSource(options.cancel);
  const late = new RosError('timeout', 'no answer in time');
  void host.clock.sleep(Math.max(0, options.deadline - host.clock.monotonic()), stop).then(() => stop.cancel(late), () => undefined);
  const results = new Map<SourceName, Found | undefined>();
  const asked = sources.map(async (source) => {
    const found = await askSource(host, source, { ...options, cancel: stop });
    results.set(source, found);
    if (found === undefined) return;
    if (sources.slice(0, sources.indexOf(source)).some((other) => !results.has(other))) await host.clock.sleep(GRACE_MS, stop).catch(() => undefined);
    stop.cancel(new RosError('cancelled', 'another datasource has answered'));
  });
  await Promise.all(asked);
  return sources.map((source) => results.get(source)).find((found) => found !== undefined);
}

async function askSource(host: FetchHost, { name, argument }: SourceName, options: AskOptions & { readonly cancel: Cancel }): Promise<Found | undefined> {
  const read = NETWORK_READERS[name];
  if (read === undefined) return undefined;
  const get = makeGet(host, name, options);
  const context: SourceContext = { ...options, get, getTftp: (address) => getTftp(host, address, LIMIT_BYTES, options.cancel) };
  try {
    const found = await read(context, DATASOURCES[name]?.argument?.endsWith('/') === true && !argument.endsWith('/') ? `${argument}/` : argument);
    if (found === undefined) options.onRemark(`${name}: there is nothing for this machine`);
    return found;
  } catch (error) {
    if (codeOf(options.cancel.reason) !== 'cancelled') options.onRemark(`${name}: ${explain(error)}`);
    return undefined;
  }
}

/** 4xx means that there is no such thing; everything else that can pass is tried again until the deadline. */
export function makeGet(host: FetchHost, name: string, { deadline, cancel, authorities, proxyFor, onRemark }: AskOptions): Get {
  const began = host.clock.monotonic();
  let told = false;
  const onRetry = (error: unknown): void => {
    if (told || host.clock.monotonic() - began < REMARK_MS) return;
    told = true;
    onRemark(`${name}: still trying: ${explain(error)}`);
  };
  return async (url, { method, headers } = {}) => {
    try {
      const { body } = await fetchWithRetries(host, url, {
        deadline, limitBytes: LIMIT_BYTES, onRetry,
        ...(method && { method }), ...(headers && { headers }), ...(cancel && { cancel }), ...(authorities && { authorities }), ...(proxyFor && { proxyFor }),
      });
      return body;
    } catch (error) {
      const status = error instanceof RosError ? Number(error.facts['status']) : NaN;
      if (codeOf(error) === 'http-status' && status >= 400 && status < 500) return undefined;
      throw error;
    }
  };
}
