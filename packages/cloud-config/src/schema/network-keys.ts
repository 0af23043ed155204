// `rancher.network` and what is below it.

export const NETWORK = {
  interfaces: { type: 'map of interface', since: '0.4', when: 'apply', works: true, meaning: 'Links by name, pattern (eth*) or address (mac=...); a card that no entry is for uses DHCP' },
  dns: { type: 'dns', since: '0.4', when: 'apply', works: true, meaning: 'Name servers; what is set here wins over DHCP' },
  http_proxy: { type: 'string', since: '0.4.5', when: 'apply', works: true, meaning: 'Proxy for http:// addresses' },
  https_proxy: { type: 'string', since: '0.4.5', when: 'apply', works: true, meaning: 'Proxy for https:// addresses' },
  no_proxy: { type: 'string', since: '0.4.5', when: 'apply', works: true, meaning: 'Hosts reached without a proxy, separated by commas' },
  pre_cmds: { type: 'list of string', since: '0.4.5', when: 'apply', works: true, meaning: 'Commands run before any link is configured, without a shell' },
  post_cmds: { type: 'list of string', since: '0.4.5', when: 'apply', works: true, meaning: 'Commands run after all links are configured, without a shell' },
  dhcp_timeout: { type: 'integer', since: '1.5', when: 'apply', works: true, meaning: 'Seconds that post_cmds wait for DHCP; without it 10' },
  wifi_networks: { type: 'map of wifi network', since: '1.5', when: 'boot', ignored: 'there are no drivers and programs for radio on this image', meaning: 'Wireless networks by a name of your choice' },
  modem_networks: { type: 'map of modem network', since: '1.5', when: 'boot', ignored: 'there are no drivers and programs for radio on this image', meaning: 'Mobile networks by the name of the link' },
} as const;

export const DNS = {
  nameservers: { type: 'list of string', since: '0.4', when: 'apply', works: true, meaning: 'Addresses of name servers' },
  search: { type: 'list of string', since: '0.4', when: 'apply', works: true, meaning: 'Domains to search for short names' },
  override: { type: 'boolean', since: '0.4.2', when: 'apply', works: true, meaning: 'With false, what DHCP says follows what is set here; otherwise what is set here stands alone' },
} as const;

export const INTERFACE = {
  match: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'Link this entry is for: name, pattern or mac=...; without it, the key itself' },
  dhcp: { type: 'boolean', since: '0.4', when: 'apply', works: true, default: false, meaning: 'Get an address by DHCP' },
  dhcp_args: { type: 'string', since: '0.4.3', when: 'apply', works: true, meaning: 'Options of dhcpcd for the link, as a command line: dhcpcd -MA4 -t 5' },
  address: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'Address with prefix length, such as 10.0.0.5/24' },
  addresses: { type: 'list of string', since: '0.4.3', when: 'apply', works: true, meaning: 'Addresses with prefix length, IPv4 and IPv6' },
  gateway: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'Default route' },
  gateway_ipv6: { type: 'string', since: '0.4.3', when: 'apply', works: true, meaning: 'Default route for IPv6' },
  mtu: { type: 'integer', since: '0.4', when: 'apply', works: true, meaning: 'Largest packet, in bytes' },
  ipv4ll: { type: 'boolean', since: '0.4', when: 'apply', works: true, default: false, meaning: 'Take a link-local address (169.254.x.y)' },
  bridge: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'Bridge the link joins, or true when the entry itself is a bridge' },
  bond: { type: 'string', since: '0.4.3', when: 'apply', works: true, meaning: 'Bond the link joins' },
  bond_opts: { type: 'map of string', since: '0.4.3', when: 'apply', works: true, meaning: 'Options of the bond, on the entry named like it' },
  vlans: { type: 'string', since: '0.4.3', when: 'apply', works: true, meaning: 'VLANs on the link, such as 100,200:name' },
  pre_up: { type: 'list of string', since: '0.4.3', when: 'apply', works: true, meaning: 'Commands run before the link is up; $iface is its name' },
  post_up: { type: 'list of string', since: '0.4.3', when: 'apply', works: true, meaning: 'Commands run after the link is up; $iface is its name' },
  wifi_network: { type: 'string', since: '1.5', when: 'boot', ignored: 'there are no drivers and programs for radio on this image', meaning: 'Entry of wifi_networks to join; implies dhcp' },
} as const;

export const WIFI_NETWORK = {
  ssid: { type: 'string', since: '1.5', when: 'boot', meaning: 'Name of the network' },
  psk: { type: 'string', since: '1.5', when: 'boot', secret: 'private', meaning: 'Passphrase of the network' },
  scan_ssid: { type: 'integer', since: '1.5', when: 'boot', meaning: 'Set to 1 to look for a hidden network' },
  priority: { type: 'integer', since: '1.5', when: 'boot', meaning: 'The network with the highest number is taken' },
  pairwise: { type: 'string', since: '1.5', when: 'boot', meaning: 'Ciphers between two stations' },
  group: { type: 'string', since: '1.5', when: 'boot', meaning: 'Ciphers for everyone' },
  eap: { type: 'string', since: '1.5', when: 'boot', meaning: 'EAP methods' },
  identity: { type: 'string', since: '1.5', when: 'boot', meaning: 'EAP identity' },
  anonymous_identity: { type: 'string', since: '1.5', when: 'boot', meaning: 'EAP identity shown unencrypted' },
  ca_certs: { type: 'list of string', since: '1.5', when: 'boot', meaning: 'Files with certificates of authorities' },
  client_certs: { type: 'list of string', since: '1.5', when: 'boot', meaning: 'Files with client certificates' },
  private_keys: { type: 'list of string', since: '1.5', when: 'boot', meaning: 'Files with client keys' },
  private_key_passwds: { type: 'list of string', since: '1.5', when: 'boot', secret: 'private', meaning: 'Passwords of the client keys' },
  phases: { type: 'list of string', since: '1.5', when: 'boot', meaning: 'EAP phase parameters' },
  eapol_flags: { type: 'integer', since: '1.5', when: 'boot', meaning: 'Flags for dynamic WEP keys' },
  key_mgmt: { type: 'string', since: '1.5', when: 'boot', meaning: 'Key management, such as WPA-PSK' },
  password: { type: 'string', since: '1.5', when: 'boot', secret: 'private', meaning: 'EAP password' },
  address: { type: 'string', since: '1.5', when: 'boot', meaning: 'Static address with prefix length' },
  gateway: { type: 'string', since: '1.5', when: 'boot', meaning: 'Default route for the static address' },
} as const;

export const MODEM_NETWORK = {
  apn: { type: 'string', since: '1.5', when: 'boot', meaning: 'Access point name' },
  extra_args: { type: 'string', since: '1.5', when: 'boot', meaning: 'More arguments of the modem command' },
} as const;
