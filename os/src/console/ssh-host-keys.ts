// The identity of the machine for SSH: given by rancher.ssh.keys, or made once and kept on the state partition, so that
// a console rebuilt at each boot does not look like another machine.

import { RosError } from '@drover/core';
import type { Host } from '@drover/host';

/** Made when nobody gives them. No RSA: clients that know neither of these are older than 2014. */
const MADE_TYPES = ['ed25519', 'ecdsa'];
/** Taken when they are given. DSA is gone from today's sshd. */
const GIVEN_TYPES = [...MADE_TYPES, 'rsa'];

const STORE = '/var/lib/rancher/ssh';

/**
 * `given`: private keys by type, public ones by `TYPE-pub`. A given one that is no key is replaced by our own, because
 * without any nobody gets in, and then thrown about.
 */
export async function prepareHostKeys(host: Host, given: Readonly<Record<string, string>>): Promise<void> {
  const { files } = host;
  files.makeDirectory(STORE, 0o700);
  const refused = await Promise.all(
    GIVEN_TYPES.map(async (type) => {
      const used = `/etc/ssh/ssh_host_${type}_key`;
      const key = given[type] ?? '';
      const problem = key.trim() === '' ? '' : await useGiven(host, used, key, given[`${type}-pub`]);
      if (problem === undefined || !MADE_TYPES.includes(type)) return problem;
      const kept = `${STORE}/ssh_host_${type}_key`;
      if ((files.stat(kept)?.sizeBytes ?? 0) === 0) await generate(host, type, kept);
      writeKey(host, used, files.readText(kept));
      files.write(`${used}.pub`, files.readBytes(`${kept}.pub`));
      return problem;
    }),
  );
  const problems = refused.filter((problem) => problem !== undefined && problem !== '');
  if (problems.length > 0) throw new RosError('ssh-host-key', problems.join('; '));
}

/** Resolves to what is wrong with it: sshd would leave it out with a word to its own log only. */
async function useGiven(host: Host, path: string, key: string, publicKey: string | undefined): Promise<string | undefined> {
  writeKey(host, path, `${key.trimEnd()}\n`);
  const { code, stdout, stderr } = await host.processes.run(['/usr/bin/ssh-keygen', '-y', '-P', '', '-f', path]);
  if (code !== 0) {
    host.files.remove(path);
    return `rancher.ssh.keys: ${stderr.trim()}`;
  }
  host.files.write(`${path}.pub`, publicKey === undefined ? stdout : `${publicKey.trim()}\n`);
  return undefined;
}

function writeKey({ files }: Host, path: string, text: string): void {
  files.write(path, text, { mode: 0o600 });
  files.changeMode(path, 0o600);
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
