import { deepEqual, ok, test } from '@drover/testing';
import { parseKeyPath } from './key-path.ts';
import { renderReference } from './render-reference.ts';
import { OBJECTS } from './schema.ts';

test('a dotted key becomes a path, with the dots of names that have some', () => {
  const table: Readonly<Record<string, readonly string[]>> = {
    hostname: ['hostname'],
    'rancher.state.dev': ['rancher', 'state', 'dev'],
    'rancher.sysctl.net.ipv4.ip_forward': ['rancher', 'sysctl', 'net.ipv4.ip_forward'],
    'rancher.environment.a/B': ['rancher', 'environment', 'a/B'],
    'rancher.network.interfaces.eth*.dhcp': ['rancher', 'network', 'interfaces', 'eth*', 'dhcp'],
    'rancher.network.interfaces.eth0.100.bond_opts.x.y': ['rancher', 'network', 'interfaces', 'eth0.100', 'bond_opts', 'x.y'],
    'rancher.network.interfaces.mac=ea:34:71:66:90:12:01.dhcp': ['rancher', 'network', 'interfaces', 'mac=ea:34:71:66:90:12:01', 'dhcp'],
    'rancher.registry_auths.index.docker.io.auth': ['rancher', 'registry_auths', 'index.docker.io', 'auth'],
    'rancher.services.web.labels.x': ['rancher', 'services', 'web', 'labels', 'x'],
    'rancher.services.web.labels."io.rancher.os.scope"': ['rancher', 'services', 'web', 'labels', 'io.rancher.os.scope'],
    'rancher.services_include.a.b': ['rancher', 'services_include', 'a.b'],
    'not.known.at.all': ['not', 'known', 'at', 'all'],
    'a..b': ['a', '', 'b'],
    '"a.b".c': ['a.b', 'c'],
    'constructor.x': ['constructor', 'x'],
  };
  for (const [key, path] of Object.entries(table)) deepEqual(parseKeyPath(key), path);
});

test('the reference page names every key of every object', () => {
  const page = renderReference();
  for (const keys of Object.values(OBJECTS)) {
    for (const [key, spec] of Object.entries(keys)) ok(page.includes(`| \`${key}\``) && page.includes(spec.meaning.replaceAll('|', '\\|')), key);
  }
});
