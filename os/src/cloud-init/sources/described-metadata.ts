// Services that describe the machine in one JSON document.
//   https://docs.digitalocean.com/reference/api/metadata/
//   https://learn.microsoft.com/en-us/azure/virtual-machines/instance-metadata-service
//   https://deploy.equinix.com/developers/docs/metal/server-metadata/metadata/
//   https://docs.openstack.org/nova/latest/user/metadata.html

import { decodeBase64 } from '@drover/core';
import type { ValueMap } from '@drover/yaml';
import type { ReadSource } from '../datasource.ts';
import { at, getJson, getText, known, listAt, maskLength, numbered, textAt } from './answers.ts';

export const readDigitalOcean: ReadSource = async ({ get }, base) => {
  const source = `${base}metadata/v1.json`;
  const document = await getJson(get, source);
  if (document === undefined) return undefined;
  const userData = await get(`${base}metadata/v1/user-data`);
  const [outside, inside] = [at(document, 'interfaces', 'public', 0), at(document, 'interfaces', 'private', 0)];
  const network = digitalOceanNetwork(document);
  return {
    source,
    metadata: {
      ...known({ hostname: textAt(document, 'hostname') }),
      sshPublicKeys: numbered(listAt(document, 'public_keys').filter((key) => typeof key === 'string')),
      addresses: known({
        publicIpv4: textAt(outside, 'ipv4', 'ip_address'), publicIpv6: textAt(outside, 'ipv6', 'ip_address'),
        privateIpv4: textAt(inside, 'ipv4', 'ip_address'), privateIpv6: textAt(inside, 'ipv6', 'ip_address'),
      }),
    },
    ...(network && { network }),
    ...(userData !== undefined && { userData }),
  };
};

/** Public interfaces first: eth0, eth1... Undefined when the document names none. */
function digitalOceanNetwork(document: unknown): ValueMap | undefined {
  const cards = [...listAt(document, 'interfaces', 'public'), ...listAt(document, 'interfaces', 'private')];
  const interfaces = cards.map((card, i): [string, ValueMap] => {
    const inNotation = (kind: 'ipv4' | 'anchor_ipv4'): string[] => {
      const [address, length] = [textAt(card, kind, 'ip_address'), maskLength(textAt(card, kind, 'netmask') ?? '')];
      return address === undefined || length === undefined ? [] : [`${address}/${length}`];
    };
    const [six, length] = [textAt(card, 'ipv6', 'ip_address'), at(card, 'ipv6', 'cidr')];
    const addresses = [...inNotation('ipv4'), ...(six !== undefined && typeof length === 'number' ? [`${six}/${length}`] : []), ...inNotation('anchor_ipv4')];
    return [`eth${i}`, { dhcp: false, addresses, ...known({ gateway: textAt(card, 'ipv4', 'gateway'), gateway_ipv6: textAt(card, 'ipv6', 'gateway') }) }];
  });
  if (interfaces.length === 0) return undefined;
  const nameservers = listAt(document, 'dns', 'nameservers').filter((one) => typeof one === 'string');
  return { interfaces: Object.fromEntries(interfaces), ...(nameservers.length > 0 && { dns: { nameservers } }) };
}

const AZURE_HEADERS = { Metadata: 'true' };

export const readAzure: ReadSource = async ({ get }, base) => {
  const source = `${base}instance?api-version=2019-02-01`;
  const document = await getJson(get, source, AZURE_HEADERS);
  if (document === undefined) return undefined;
  // The newer of two places; machines have it in one of them, in base64 both.
  const encoded = await getText(get, `${base}instance/compute/userData?api-version=2021-01-01&format=text`, AZURE_HEADERS)
    ?? await getText(get, `${base}instance/compute/customData?api-version=2019-02-01&format=text`, AZURE_HEADERS);
  const userData = encoded === undefined ? undefined : decodeBase64(encoded);
  const address = at(document, 'network', 'interface', 0, 'ipv4', 'ipAddress', 0);
  return {
    source,
    metadata: {
      ...known({ hostname: textAt(document, 'compute', 'name') }),
      sshPublicKeys: numbered(listAt(document, 'compute', 'publicKeys').flatMap((key) => textAt(key, 'keyData') ?? [])),
      addresses: known({ privateIpv4: textAt(address, 'privateIpAddress'), publicIpv4: textAt(address, 'publicIpAddress') }),
    },
    ...(userData !== undefined && { userData }),
    complaints: encoded !== undefined && userData === undefined ? ['the user-data is not base64'] : [],
  };
};

const BOND = { mode: '4', miimon: '100', lacp_rate: '1', updelay: '200', downdelay: '200', xmit_hash_policy: 'layer3+4' };

export const readPacket: ReadSource = async ({ get }, base) => {
  const source = `${base}metadata`;
  const document = await getJson(get, source);
  if (document === undefined) return undefined;
  const userData = await get(`${base}userdata`);
  const addresses = listAt(document, 'network', 'addresses');
  const find = (isPublic: boolean, family: number): string | undefined =>
    textAt(addresses.find((one) => at(one, 'public') === isPublic && at(one, 'address_family') === family), 'address');
  const network = packetNetwork(document);
  return {
    source,
    metadata: {
      ...known({ hostname: textAt(document, 'hostname') }),
      sshPublicKeys: numbered(listAt(document, 'ssh_keys').filter((key) => typeof key === 'string')),
      addresses: known({ publicIpv4: find(true, 4), publicIpv6: find(true, 6), privateIpv4: find(false, 4), privateIpv6: find(false, 6) }),
    },
    ...(network && { network }),
    ...(userData !== undefined && { userData }),
  };
};

/** All cards in one bond, which has the addresses; private ones are reached by the private gateway. */
function packetNetwork(document: unknown): ValueMap | undefined {
  const cards = listAt(document, 'network', 'interfaces').flatMap((card) => textAt(card, 'mac') ?? []);
  const given = listAt(document, 'network', 'addresses').filter((one) => typeof at(one, 'cidr') === 'number' && textAt(one, 'address') !== undefined);
  if (cards.length === 0 || given.length === 0) return undefined;
  const gateway = (family: number, isPublic: boolean): string | undefined => textAt(given.find((one) => at(one, 'address_family') === family && at(one, 'public') === isPublic), 'gateway');
  const inside = gateway(4, false);
  const bond: ValueMap = {
    addresses: given.map((one) => `${textAt(one, 'address')!}/${String(at(one, 'cidr'))}`),
    bond_opts: BOND,
    ...known({ gateway: gateway(4, true) ?? inside, gateway_ipv6: gateway(6, true) }),
    ...(inside?.startsWith('10.') === true && { post_up: [`ip route add 10.0.0.0/8 via ${inside}`] }),
  };
  return { interfaces: { ...Object.fromEntries(cards.map((mac) => [`mac=${mac}`, { bond: 'bond0' }])), bond0: bond } };
}

export const readOpenstack: ReadSource = async ({ get }, base) => {
  const source = `${base}openstack/latest/meta_data.json`;
  const document = await getJson(get, source);
  if (document === undefined) return undefined;
  const userData = await get(`${base}openstack/latest/user_data`);
  const keys = at(document, 'public_keys');
  return {
    source,
    metadata: {
      ...known({ hostname: textAt(document, 'hostname') }),
      sshPublicKeys: Object.fromEntries(Object.entries(typeof keys === 'object' && keys !== null ? keys : {}).filter(([, key]) => typeof key === 'string')) as Record<string, string>,
    },
    ...(userData !== undefined && { userData }),
  };
};
