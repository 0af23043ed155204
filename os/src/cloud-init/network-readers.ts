// Who reads which datasource of the network.

import type { ReadSource } from './datasource.ts';
import { readAzure, readDigitalOcean, readOpenstack, readPacket } from './sources/described-metadata.ts';
import { readGce } from './sources/google-metadata.ts';
import { readAliyun, readCloudstack, readEc2, readExoscale } from './sources/listed-metadata.ts';
import { readCmdline, readTftp, readUrl } from './sources/plain-user-data.ts';

export const NETWORK_READERS: Readonly<Record<string, ReadSource>> = {
  ec2: readEc2, gce: readGce, digitalocean: readDigitalOcean, azure: readAzure, openstack: readOpenstack, cloudstack: readCloudstack, exoscale: readExoscale, aliyun: readAliyun,
  packet: readPacket, equinix: readPacket, url: readUrl, cmdline: readCmdline, tftp: readTftp,
};
