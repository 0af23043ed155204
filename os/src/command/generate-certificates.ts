// `ros tls generate`

import { CLIENT_FOLDER, generateCertificates, SERVER_FOLDER } from '../docker/docker-tls.ts';
import type { CommandContext } from './command.ts';
import type { Flags } from './parse-flags.ts';

export async function run({ host, err }: Pick<CommandContext, 'host' | 'err'>, flags: Flags): Promise<number> {
  const side = flags.isOn('server') ? 'server' : 'client';
  const given = flags.text('dir');
  const folder = given ?? (side === 'server' ? SERVER_FOLDER : CLIENT_FOLDER);
  if (given === undefined) err(`Out directory (-d, --dir) not specified, using default: ${folder}\n`);
  const authority = await generateCertificates(host, side, folder, flags.texts('hostname'));
  if (host.certificates.expiry(authority) < host.clock.now()) {
    err("warning: the certificate of the authority, rancher.docker.ca_cert, has expired: nobody will trust what it signs\n  hint: for a new one, clear ca_cert and ca_key with ros config set KEY '', then generate for the server and every client\n");
  }
  return 0;
}
