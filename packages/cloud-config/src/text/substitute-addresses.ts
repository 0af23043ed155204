// `$private_ipv4` and its kin: stand-ins for the addresses that the metadata of a cloud names.

export interface Addresses {
  readonly privateIpv4?: string;
  readonly publicIpv4?: string;
  readonly privateIpv6?: string;
  readonly publicIpv6?: string;
}

const VARIABLES: Readonly<Record<keyof Addresses, string>> = {
  privateIpv4: 'COREOS_PRIVATE_IPV4', publicIpv4: 'COREOS_PUBLIC_IPV4', privateIpv6: 'COREOS_PRIVATE_IPV6', publicIpv6: 'COREOS_PUBLIC_IPV6',
};

/**
 * What `known` leaves open is taken from kernel words, by the names that CoreOS gave them: RancherOS looks for them in its
 * environment, and the kernel puts words that it does not know into that of PID 1.
 */
export function completeAddresses(known: Addresses, words: readonly string[]): Addresses {
  const found = Object.entries(VARIABLES).flatMap(([kind, name]): [string, string][] => {
    const word = words.find((one) => one.startsWith(`${name}=`));
    return word === undefined ? [] : [[kind, word.slice(name.length + 1)]];
  });
  return { ...Object.fromEntries(found), ...known };
}

/** In the text, before it is parsed; `\$private_ipv4` stays, without the backslash. An address that is not known is empty. */
export function substituteAddresses(text: string, addresses: Addresses): string {
  if (!text.includes('_ipv')) return text;
  return text.replace(/(\\?)\$(private|public)_ipv([46])/g, (whole, backslash: string, kind: string, version: string) => {
    if (backslash !== '') return whole.slice(1);
    const address = addresses[`${kind}Ipv${version}` as keyof Addresses] ?? '';
    // What metadata says becomes part of a configuration here: nothing but an address may.
    return /^[0-9A-Fa-f:.]*$/.test(address) ? address : '';
  });
}
