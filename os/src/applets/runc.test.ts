import type { Kernel, SystemHost } from '@drover/host';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { main } from './runc.ts';

/** The command that it becomes, and the bundle's mounts then. */
async function run(...args: readonly string[]): Promise<readonly [command: string, mounts: readonly unknown[]]> {
  let became = '';
  const kernel = { exec: (file: string, words: readonly string[]) => void (became = `${file}: ${words.join(' ')}`) } as unknown as Kernel;
  const host = Object.assign(new FakeHost({ '/bundle/config.json': JSON.stringify({ ociVersion: '1.0.2', mounts: [{ destination: '/proc' }] }) }), { kernel });
  await main({ host: host as unknown as SystemHost, name: 'runc', args, terminal: { out: () => undefined, err: () => undefined } });
  return [became, (JSON.parse(host.files.readText('/bundle/config.json')) as { mounts: unknown[] }).mounts];
}

test('a container that is made gets the kernel line that everybody sees; other commands go through as they are', async () => {
  const line = { destination: '/proc/cmdline', type: 'bind', source: '/run/ros/cmdline', options: ['bind', 'ro'] };
  const create = ['--root', '/r', 'create', '--bundle', '/bundle', '--pid-file', '/p', 'id'];
  deepEqual(await run(...create), [`/var/lib/rancher/engine/runc: runc ${create.join(' ')}`, [{ destination: '/proc' }, line]]);
  const [command, mounts] = await run('delete', '--force', 'id');
  equal(`${command}, ${mounts.length}`, '/var/lib/rancher/engine/runc: runc delete --force id, 1');
});
