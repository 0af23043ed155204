// `$private_ipv4` and its kin: stand-ins for the addresses that the metadata of a cloud names.

export interface Addresses {
  readonly privateIpv4?: string;
  readonly publicIpv4?: string;
  readonly privateIpv6?: string;
  readonly publicIpv6?: string;
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
