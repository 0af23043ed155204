import { FakeHost } from '@drover/host';
import { deepEqual, equal, ok, test } from '@drover/testing';
import type { FileEntry } from '../console/write-files.ts';
import { OS_SERVICES } from './os-config.ts';
import { planServiceFiles } from './service-files.ts';

const host = new FakeHost();
const sha256 = (bytes: Uint8Array): Uint8Array => host.sha256(bytes);
const CHRONY = ['/usr/sbin/chronyd', '-n'];
const IMAGE_COMMANDS = new Map([['ntp', CHRONY]]);

function entry(container: string, content = ''): FileEntry {
  return { path: '/test', content, permissions: '0644', container };
}

test('a service with files starts through the program that writes them, and is made anew when they change', () => {
  const { services, files, problems } = planServiceFiles(OS_SERVICES, [entry('console'), entry('ntp', 'a'), entry('', 'x')], IMAGE_COMMANDS, sha256);
  deepEqual(services['ntp']?.command, ['/usr/lib/ros/ros', 'write-files', '/etc/write-files.json', ...CHRONY]);
  deepEqual(services['ntp']?.volumes?.slice(-2), ['/run/ros/write-files/ntp.json:/etc/write-files.json:ro', '/usr/lib/ros:/usr/lib/ros:ro']);
  deepEqual([...files.keys(), ...problems], ['ntp']);
  ok(JSON.stringify(planServiceFiles(OS_SERVICES, [entry('ntp', 'b')], IMAGE_COMMANDS, sha256).services['ntp']) !== JSON.stringify(services['ntp']));
  equal(planServiceFiles(OS_SERVICES, [entry('network')], IMAGE_COMMANDS, sha256).services['network']?.volumes?.filter((volume) => volume.startsWith('/usr/lib/ros:')).length, 1);
});

test('a service without files is started as it is; files for a service that is not there are named', () => {
  const services = { ...OS_SERVICES, bare: { image: 'x' } };
  const { services: planned, problems } = planServiceFiles(services, [entry('ntpd'), entry('constructor'), entry('bare')], IMAGE_COMMANDS, sha256);
  deepEqual(planned, services);
  deepEqual(problems, ['write_files: /test: there is no service ntpd', 'write_files: /test: there is no service constructor', 'write_files: /test: there is no command for the service bare']);
});
