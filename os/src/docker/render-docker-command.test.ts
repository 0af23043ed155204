import { parseKernelWords, resolveConfiguration, splitKernelLine } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import { deepEqual, equal, test } from '@drover/testing';
import { engineEnvironment } from './engine-files.ts';
import { renderContainerdConfig, renderDockerdArgs } from './render-docker-command.ts';

function options(words: string): Configuration['rancher']['docker'] {
  return resolveConfiguration(parseKernelWords(splitKernelLine(words))).config.rancher.docker;
}

test('without configuration Docker has its own defaults, its socket group and bounded logs', () => {
  equal(
    renderDockerdArgs(options(''), false, '/run/c.sock').join(' '),
    '--containerd /run/c.sock --group docker --data-root /var/lib/docker --host unix:///var/run/docker.sock --log-opt max-size=25m --log-opt max-file=2 --userland-proxy=false',
  );
});

test('typed options become flags, and extra_args come last', () => {
  const args = renderDockerdArgs(options('rancher.docker.live_restore=true rancher.docker.userland_proxy=true rancher.docker.extra_args=[--iptables=false] rancher.docker.host=[]'), true, undefined);
  deepEqual(args.filter((arg) => !arg.includes('max-')), ['--debug', '--group', 'docker', '--data-root', '/var/lib/docker', '--live-restore', '--log-opt', '--log-opt', '--userland-proxy', '--iptables=false']);
});

test('TLS adds its flags only when it is on', () => {
  equal(renderDockerdArgs(options('rancher.docker.tls=true'), false, undefined).includes('--tlsverify'), true);
  equal(renderDockerdArgs(options(''), false, undefined).includes('--tlsverify'), false);
});

test('containerd keeps its data where dockerd would have put it', () => {
  equal(renderContainerdConfig('/var/lib/docker').includes('root = "/var/lib/docker/containerd/daemon"'), true);
});

test('a custom program comes before the engine that ships', () => {
  const path = engineEnvironment(['PATH=/x', 'FOO=1']).find((entry) => entry.startsWith('PATH='))!;
  equal(path.indexOf('/usr/local/bin') < path.indexOf('/var/lib/rancher/engine'), true);
  equal(engineEnvironment(['PATH=/x', 'FOO=1']).includes('FOO=1'), true);
});

test("Go's collector keeps the engine small, unless the user chose otherwise", () => {
  equal(engineEnvironment([]).includes('GOGC=50'), true);
  deepEqual(engineEnvironment(['GOGC=100']).filter((entry) => entry.startsWith('GOGC')), ['GOGC=100']);
});
