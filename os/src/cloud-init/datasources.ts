// Every datasource: how it is reached, what its argument is, how a machine of that cloud can be told by its firmware
// (DMI). Those of the network are read by network-readers.ts. RancherOS's names, and nocloud, openstack and equinix.

import type { DriveLabel } from '@drover/cloud-config';
import type { Dmi } from './dmi.ts';

export type Datasource = {
  /** Without it, the argument is required. */
  readonly argument?: string;
  readonly isThisCloud?: (dmi: Dmi) => boolean;
} & (
  | { readonly from: 'drive'; readonly label: DriveLabel }
  /** A file here, or on a disk that is mounted first. */
  | { readonly from: 'file'; readonly disk?: string }
  | { readonly from: 'network' }
  /** Known, and not read by this version. */
  | { readonly from: 'nowhere'; readonly instead: string }
);

const LINK_LOCAL = 'http://169.254.169.254/';
const OPENSTACK_NAMES = ['OpenStack Nova', 'OpenStack Compute', 'OpenTelekomCloud', 'SAP CCloud VM', 'HUAWEICLOUD'];

export const DATASOURCES: Readonly<Record<string, Datasource>> = {
  configdrive: { from: 'drive', label: 'config-2', argument: '/media/config-2' },
  nocloud: { from: 'drive', label: 'cidata', argument: '' },
  file: { from: 'file' },
  proxmox: { from: 'file', disk: '/dev/sr0', argument: '/media/pve-config', isThisCloud: ({ product }) => product.includes('Proxmox') },
  vmware: { from: 'nowhere', argument: '', instead: 'give the machine a NoCloud drive (label cidata)' },
  ec2: { from: 'network', argument: LINK_LOCAL, isThisCloud: ({ vendor, biosVersion }) => vendor === 'Amazon EC2' || /\.amazon$/i.test(biosVersion) },
  gce: { from: 'network', argument: 'http://metadata.google.internal/', isThisCloud: ({ product }) => product === 'Google Compute Engine' },
  digitalocean: { from: 'network', argument: LINK_LOCAL, isThisCloud: ({ vendor }) => vendor === 'DigitalOcean' },
  azure: { from: 'network', argument: `${LINK_LOCAL}metadata/`, isThisCloud: ({ assetTag }) => assetTag === '7783-7084-3265-9085-8269-3286-77' },
  openstack: { from: 'network', argument: LINK_LOCAL, isThisCloud: ({ product, assetTag }) => OPENSTACK_NAMES.includes(product) || OPENSTACK_NAMES.includes(assetTag) },
  cloudstack: { from: 'network', argument: '', isThisCloud: ({ product }) => product.startsWith('CloudStack') },
  exoscale: { from: 'network', argument: LINK_LOCAL, isThisCloud: ({ product }) => product.startsWith('Exoscale') },
  aliyun: { from: 'network', argument: 'http://100.100.100.200/', isThisCloud: ({ product }) => product.startsWith('Alibaba Cloud') },
  packet: { from: 'network', argument: 'https://metadata.packet.net/' },
  equinix: { from: 'network', argument: 'https://metadata.platformequinix.com/' },
  url: { from: 'network' },
  cmdline: { from: 'network', argument: '' },
  tftp: { from: 'network' },
};

/** What `*` stands for. */
export const ALL_SOURCES: readonly string[] = ['configdrive', 'nocloud', 'ec2', 'digitalocean', 'packet', 'gce', 'cloudstack', 'exoscale', 'proxmox'];
