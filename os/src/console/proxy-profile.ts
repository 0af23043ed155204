// The proxies as the logins of the console get them.

import type { Configuration } from '@drover/cloud-config';
import type { Files } from '@drover/host';
import { renderProxyProfile } from '../network/proxies.ts';

const PATH = '/etc/profile.d/proxy.sh';

export function writeProxyProfile(files: Files, network: Configuration['rancher']['network']): void {
  const text = renderProxyProfile(network);
  if (text === '') files.remove(PATH);
  else files.write(PATH, text, { mode: 0o755 });
}
