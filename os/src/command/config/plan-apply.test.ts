import { findSpec, parseKeyPath } from '@drover/cloud-config';
import { deepEqual, equal, ok, test } from '@drover/testing';
import { listChangedPaths } from './compare-values.ts';
import { planApply, WAYS } from './plan-apply.ts';

const CHANGED: readonly (readonly [key: string, line: string])[] = [
  ['hostname', 'now'],
  ['rancher.sysctl.net.ipv4.ip_forward', 'now'],
  ['rancher.network.interfaces.eth0.100.address', 'now, network is started again'],
  ['rancher.network.http_proxy', 'now for new logins; when docker is started again: ros config apply --restart, or the next boot; system-docker at the next boot'],
  ['rancher.docker.debug', 'when docker is started again: ros config apply --restart, or the next boot'],
  ['rancher.ssh.port', 'when console is started again: ros config apply --restart, or the next boot'],
  ['rancher.shutdown_timeout', 'now'],
  ['rancher.state.dev', 'at the next boot'],
  ['mounts', 'now'],
  ['runcmd', 'at the next boot'],
  ['rancher.rm_usr', 'never: /usr is never copied to the state partition'],
  ['rancher.bootstrap_docker.debug', 'never: the boot runs without a Docker of its own'],
  ['nonsense', 'never: this key is not known'],
];

for (const [key, line] of CHANGED) {
  test(`what becomes of a changed ${key} is said`, () => ok(planApply([parseKeyPath(key)], false).lines[0]!.endsWith(`: ${line}`), planApply([parseKeyPath(key)], false).lines[0]));
}

test('steps are in an order that works, and nobody is logged out without being asked', () => {
  const paths = ['mounts', 'rancher.modules', 'hostname', 'rancher.autologin', 'rancher.network.no_proxy', 'rancher.network.dns.search'].map(parseKeyPath);
  const { live, restarts } = planApply(paths, false);
  deepEqual([live, restarts, planApply(paths, true).restarts], [['host name', 'modules', 'proxies', 'mounts'], ['network'], ['network', 'docker', 'console']]);
  deepEqual(planApply([], true), { live: [], restarts: [], lines: [] });
});

test('the schema says "apply" of every key that can be made live', () => {
  for (const key of Object.keys(WAYS)) equal(`${key}: ${String(findSpec(parseKeyPath(key))?.spec?.when)}`, `${key}: apply`);
});

test('values are compared by their paths, lists as a whole', () => {
  deepEqual(listChangedPaths({ a: { b: [1], 'c.d': 1 }, e: 1 }, { a: { b: [1, 2], 'c.d': 1 }, f: {} }), [['a', 'b'], ['e'], ['f']]);
});
