// `ros tls generate`

import { CLIENT_FOLDER, generateCertificates, SERVER_FOLDER } from '../docker/docker-tls.ts';
import type { CommandContext } from './command.ts';
import { loadEverything } from './config/config-store.ts';
import type { Flags } from './parse-flags.ts';

export async function run({ host, err }: Pick<CommandContext, 'host' | 'err'>, flags: Flags): Promise<number> {
  const side = flags.isOn('server') ? 'server' : 'client';
  const given = flags.text('dir');
  const folder = given ?? (side === 'server' ? SERVER_FOLDER : CLIENT_FOLDER);
  if (given === undefined) err(`Out directory (-d, --dir) not specified, using default: ${folder}\n`);
  const options = (await loadEverything(host)).config.rancher.docker;
  if (options.ca_cert !== undefined && options.ca_cert !== '' && host.certificates.expiry(options.ca_cert) < host.clock.now()) {
    err("warning: the certificate of the authority, rancher.docker.ca_cert, has expired: nobody will trust what it signs\n  hint: for a new one, clear ca_cert and ca_key with ros config set KEY '', then generate for the server and every client\n");
  }
  await generateCertificates(host, options, side, folder, flags.texts('hostname'));
  return 0;
}
