// Google's service: a value an address, and a header that says that one is asked for what only this machine may know.
//   https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys

import type { ReadSource } from '../datasource.ts';
import { getText, known, numbered } from './answers.ts';

const GOOGLE_HEADERS = { 'Metadata-Flavor': 'Google' };

export const readGce: ReadSource = async ({ get }, base) => {
  const source = `${base}computeMetadata/v1/`;
  const text = (name: string): Promise<string | undefined> => getText(get, source + name, GOOGLE_HEADERS);
  if ((await get(source, { headers: GOOGLE_HEADERS })) === undefined) return undefined;
  const [hostname, privateIpv4, publicIpv4, own, blocked, given] = await Promise.all([
    text('instance/hostname'), text('instance/network-interfaces/0/ip'), text('instance/network-interfaces/0/access-configs/0/external-ip'),
    text('instance/attributes/ssh-keys'), text('instance/attributes/block-project-ssh-keys'), get(`${source}instance/attributes/user-data`, { headers: GOOGLE_HEADERS }),
  ]);
  const shared = blocked?.toLowerCase() === 'true' ? undefined : await text('project/attributes/ssh-keys');
  const userData = given ?? (await get(`${source}instance/attributes/startup-script`, { headers: GOOGLE_HEADERS }));
  // USER:KEY a line; whose key it is does not matter here.
  const keys = `${own ?? ''}\n${shared ?? ''}`.split('\n').flatMap((line) => (line.includes(':') ? line.slice(line.indexOf(':') + 1).trim() : []));
  return {
    source,
    metadata: { ...known({ hostname }), sshPublicKeys: numbered(keys), addresses: known({ privateIpv4, publicIpv4 }) },
    ...(userData !== undefined && { userData }),
  };
};
