// The identity of the machine for SSH: made once, kept on the state partition, so that a console rebuilt at each boot
// does not look like another machine.

import { RosError } from '@drover/core';
import type { Host } from '@drover/host';

/** No RSA and no DSA: clients that know neither of these are older than 2014. */
const TYPES = ['ed25519', 'ecdsa'] as const;

const STORE = '/var/lib/rancher/ssh';

export async function prepareHostKeys(host: Host): Promise<void> {
  const { files } = host;
  files.makeDirectory(STORE, 0o700);
  await Promise.all(
    TYPES.map(async (type) => {
      const [kept, used] = [`${STORE}/ssh_host_${type}_key`, `/etc/ssh/ssh_host_${type}_key`];
      if ((files.stat(kept)?.sizeBytes ?? 0) === 0) await generate(host, type, kept);
      files.write(used, files.readBytes(kept), { mode: 0o600 });
      files.changeMode(used, 0o600);
      files.write(`${used}.pub`, files.readBytes(`${kept}.pub`));
    }),
  );
}

/** Made aside and moved into place: a power cut leaves no half key. */
async function generate(host: Host, type: string, path: string): Promise<void> {
  const aside = `${path}.new`;
  host.files.remove(aside);
  const { code, stderr } = await host.processes.run(['/usr/bin/ssh-keygen', '-q', '-t', type, '-N', '', '-C', 'root@drover', '-f', aside]);
  if (code !== 0) throw new RosError('ssh-host-key', `making the ${type} host key failed: ${stderr.trim()}`);
  host.files.rename(`${aside}.pub`, `${path}.pub`);
  host.files.rename(aside, path);
}
