import { deepEqual, equal, test } from '@drover/testing';
import { parseDaemonFlags } from '../engine/daemon-flags.ts';
import { renderSystemDockerCommand, renderSystemDockerEnvironment } from './system-docker-command.ts';

const EMPTY = { host: [], insecure_registry: [], log_opts: {}, args: [], extra_args: [], environment: [], tls: false, tls_args: [] };

test('what rancher.system_docker says becomes flags that the daemon understands', () => {
  equal(renderSystemDockerCommand(undefined).join(' '), '/usr/bin/system-docker daemon --data-root /var/lib/system-docker --exec-root /run/system-docker --host unix:///var/run/system-docker.sock --pidfile /run/system-docker.pid --preload /rootfs/system');
  const command = renderSystemDockerCommand({ ...EMPTY, debug: true, insecure_registry: ['a:5000', '10.0.0.0/8'], registry_mirror: 'http://m' });
  const flags = parseDaemonFlags(command.slice(2));
  deepEqual(typeof flags === 'object' && 'sockets' in flags && [flags.insecureRegistries, flags.registryMirrors], [['a:5000', '10.0.0.0/8'], ['http://m']]);
  equal(renderSystemDockerCommand({ ...EMPTY, insecure_registry: [''], registry_mirror: 'm.local' }).length, renderSystemDockerCommand(undefined).length);
});

test('the environment of the daemon has the proxies of the network, and what is said for it alone goes before', () => {
  deepEqual(renderSystemDockerEnvironment({ network: { http_proxy: 'http://p', https_proxy: 'http://p' }, system_docker: { ...EMPTY, environment: ['HTTPS_PROXY=http://own', 'A=b'] } }), ['http_proxy=http://p', 'HTTP_PROXY=http://p', 'https_proxy=http://p', 'HTTPS_PROXY=http://own', 'A=b']);
  deepEqual(renderSystemDockerEnvironment(undefined), []);
});
