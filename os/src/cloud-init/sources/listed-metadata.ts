// Services that list metadata as folders and lines: Amazon's, and those that were made after it.
//   https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html
//   https://docs.cloudstack.apache.org/en/latest/adminguide/virtual_machines/user-data.html
//   https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata

import { decodeUtf8 } from '@drover/core';
import type { Found, Get, ReadSource } from '../datasource.ts';
import { getText, known, lines, numbered } from './answers.ts';

interface Service {
  readonly name: string;
  /** Below the address of the service. */
  readonly metadata: string;
  readonly userData: string;
  readonly hostname: readonly string[];
  /** Where public-keys lists `0=name` and the keys are below, rather than being the keys themselves. */
  readonly keysAreFolders: boolean;
  readonly keysAreRequired?: boolean;
  readonly addresses: { readonly privateIpv4: string; readonly publicIpv4: string };
}

const AMAZON: Service = {
  name: 'ec2', metadata: 'latest/meta-data/', userData: 'latest/user-data', hostname: ['hostname', 'local-hostname'], keysAreFolders: true,
  addresses: { privateIpv4: 'local-ipv4', publicIpv4: 'public-ipv4' },
};
const ALIYUN: Service = { ...AMAZON, name: 'aliyun', metadata: '2016-01-01/meta-data/', userData: '2016-01-01/user-data', keysAreRequired: true, addresses: { privateIpv4: 'private-ipv4', publicIpv4: 'eipv4' } };
const CLOUDSTACK: Service = { ...AMAZON, name: 'cloudstack', hostname: ['local-hostname', 'hostname'], keysAreFolders: false };
const EXOSCALE: Service = { ...CLOUDSTACK, name: 'exoscale', metadata: '1.0/meta-data/', userData: '1.0/user-data' };

/** Disks of these machines are NVMe; of the others the first is /dev/xvda. */
const NVME_TYPES = /^(c5d?|i3\.metal|m5d?|r5d?|t3|z1d)\b/;

async function readListed(get: Get, base: string, service: Service): Promise<Found | undefined> {
  const root = base + service.metadata;
  if ((await get(root)) === undefined) return undefined;
  const complaints: string[] = [];
  const text = (name: string): Promise<string | undefined> => getText(get, root + name);
  const [userData, privateIpv4, publicIpv4, keys, ...names] = await Promise.all([
    get(base + service.userData), text(service.addresses.privateIpv4), text(service.addresses.publicIpv4), readKeys(get, root, service, complaints), ...service.hostname.map(text),
  ]);
  const hostname = names.find((name) => name !== undefined)?.split(/\s/)[0];
  return {
    source: root,
    metadata: { ...known({ hostname }), sshPublicKeys: keys, addresses: known({ privateIpv4, publicIpv4 }) },
    ...(userData !== undefined && { userData }),
    complaints,
  };
}

async function readKeys(get: Get, root: string, { keysAreFolders, keysAreRequired, name }: Service, complaints: string[]): Promise<Record<string, string>> {
  const listed = lines(await getText(get, `${root}public-keys/`) ?? await getText(get, `${root}public-keys`)).slice(0, 100);
  if (listed.length === 0 && keysAreRequired === true) complaints.push(`${name} names no public key: nobody can log in with one`);
  if (!keysAreFolders) return numbered(listed);
  const keys = await Promise.all(listed.map(async (line) => {
    const found = /^(\d+)(=|\/|$)/.exec(line);
    if (found !== null) return getText(get, `${root}public-keys/${found[1]!}/openssh-key`);
    complaints.push(`malformed public key: ${JSON.stringify(line)}`);
    return undefined;
  }));
  return numbered(keys.filter((key) => key !== undefined));
}

/** Version 2 of the service wants a token; a service that has none answers 4xx, and is asked as version 1. */
export const readEc2: ReadSource = async ({ get, hasDevice }, base) => {
  const token = await get(`${base}latest/api/token`, { method: 'PUT', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '21600' } });
  const headers = token === undefined ? {} : { 'X-aws-ec2-metadata-token': decodeUtf8(token).trim() };
  const withToken: Get = (url, options) => get(url, { ...options, headers });
  const found = await readListed(withToken, base, AMAZON);
  if (found === undefined) return undefined;
  const type = (await getText(withToken, `${base}latest/meta-data/instance-type`)) ?? '';
  const isNvme = NVME_TYPES.test(type) || (!hasDevice('/dev/xvda') && hasDevice('/dev/nvme0n1'));
  return { ...found, metadata: { ...found.metadata, rootDisk: isNvme ? '/dev/nvme0n1' : '/dev/xvda' } };
};

export const readAliyun: ReadSource = ({ get }, base) => readListed(get, base, ALIYUN);
export const readExoscale: ReadSource = ({ get }, base) => readListed(get, base, EXOSCALE);

/** The router of the network is the service; who it is, the machine learns by DHCP. */
export const readCloudstack: ReadSource = async ({ get, routers }, base) => {
  if (base !== '') return readListed(get, base, CLOUDSTACK);
  for (const address of routers()) {
    const found = await readListed(get, `http://${address}/`, CLOUDSTACK);
    if (found !== undefined) return found;
  }
  return undefined;
};
