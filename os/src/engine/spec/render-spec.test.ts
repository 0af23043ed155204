import { equal, ok, test } from '@drover/testing';
import type { MountRecord } from '../container/container-record.ts';
import type { OciSpec } from './oci-spec.ts';
import { parseDeviceRule } from './plan-resources.ts';
import { parseCapabilities } from './capabilities.ts';
import type { SpecInput } from './render-spec.ts';
import { renderEnv, renderSpec } from './render-spec.ts';

const BASE: SpecInput = {
  command: ['sh', '-c', 'true'],
  config: { Env: ['A=1'] },
  hostConfig: {},
  mounts: [],
  rootPath: '/root',
  cgroupsPath: '/system-docker/x',
  hostName: 'box',
  user: { uid: 0, gid: 0, groups: [0], home: '/root' },
  namespaces: { pid: 'private', network: 'host', ipc: 'private', uts: 'private', cgroup: 'private' },
  provided: { '/etc/hosts': '/etc/hosts' },
  sharedMemory: undefined,
  granted: [],
  hostDevices: [],
  ownCapabilities: parseCapabilities('CapEff:\t1ffffffffff\n'),
};

function mount(destination: string, more: Partial<MountRecord> = {}): MountRecord {
  return { type: 'bind', source: `/host${destination}`, destination, mode: '', readWrite: true, propagation: 'rprivate', recursive: true, createSource: true, copyUp: false, ...more };
}

/** The specification as lines: what a test compares. */
function print(spec: OciSpec): string {
  const { process, linux } = spec;
  return [
    `root ${spec.root.path}${spec.root.readonly ? ' read-only' : ''} ${linux.rootfsPropagation ?? ''}`.trim(),
    `hostname ${spec.hostname ?? '(host)'}`,
    `run ${process.args.join(' ')} in ${process.cwd} as ${process.user.uid}:${process.user.gid}${process.terminal ? ' on a terminal' : ''}`,
    `env ${process.env.join(' ')}`,
    `capabilities ${Object.entries(process.capabilities).map(([name, list]) => `${name} ${list.length}`).join(', ')}`,
    `namespaces ${linux.namespaces.map(({ type, path }) => (path === undefined ? type : `${type}=${path}`)).join(' ')}`,
    ...spec.mounts.map(({ destination, type, source, options }) => `mount ${destination} ${type} ${source} ${options.join(',')}`),
    `masked ${linux.maskedPaths.length} read-only ${linux.readonlyPaths.length} devices ${linux.devices.length} rules ${(linux.resources['devices'] as unknown[]).length}`,
    `sysctl ${JSON.stringify(linux.sysctl)}`,
    '',
  ].join('\n');
}

test('a plain container gets the namespaces, mounts, capabilities and masks of moby', () => {
  equal(
    print(renderSpec(BASE)),
    `root /root
hostname box
run sh -c true in / as 0:0
env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOSTNAME=box A=1
capabilities bounding 14, effective 14, permitted 14
namespaces mount pid ipc uts cgroup
mount /proc proc proc nosuid,noexec,nodev
mount /dev tmpfs tmpfs nosuid,strictatime,mode=755,size=65536k
mount /dev/pts devpts devpts nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5
mount /sys sysfs sysfs nosuid,noexec,nodev,ro
mount /sys/fs/cgroup cgroup cgroup nosuid,noexec,nodev,ro
mount /dev/mqueue mqueue mqueue nosuid,noexec,nodev
mount /dev/shm tmpfs shm nosuid,noexec,nodev,mode=1777,size=67108864
mount /etc/hosts bind /etc/hosts rbind,rprivate
masked 11 read-only 5 devices 0 rules 12
sysctl {}
`,
  );
});

test('a privileged service in the namespaces of the machine sees the machine', () => {
  const spec = renderSpec({
    ...BASE,
    config: { Tty: true, WorkingDir: '/work' },
    hostConfig: { Privileged: true, IpcMode: 'host', PidMode: 'host', UTSMode: 'host' },
    namespaces: { pid: 'host', network: 'host', ipc: 'host', uts: 'host', cgroup: 'private' },
    sharedMemory: '/dev/shm',
    mounts: [mount('/mnt/deep', { propagation: 'rslave' }), mount('/mnt', { propagation: 'rshared' }), mount('/ro', { readWrite: false })],
    hostDevices: [{ path: '/dev/sda', type: 'b', major: 8, minor: 0, fileMode: 0o660, uid: 0, gid: 6 }],
  });
  equal(
    print(spec),
    `root /root rshared
hostname (host)
run sh -c true in /work as 0:0 on a terminal
env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOSTNAME=box TERM=xterm
capabilities bounding 41, effective 41, permitted 41
namespaces mount cgroup
mount /proc proc proc nosuid,noexec,nodev
mount /dev tmpfs tmpfs nosuid,strictatime,mode=755,size=65536k
mount /dev/pts devpts devpts nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5
mount /sys sysfs sysfs nosuid,noexec,nodev,rw
mount /sys/fs/cgroup cgroup cgroup nosuid,noexec,nodev,rw
mount /dev/mqueue bind /dev/mqueue rbind,rprivate
mount /dev/shm bind /dev/shm rbind,rprivate
mount /etc/hosts bind /etc/hosts rbind,rprivate
mount /mnt bind /host/mnt rbind,rshared
mount /ro bind /host/ro rbind,rprivate,ro
mount /mnt/deep bind /host/mnt/deep rbind,rslave
masked 0 read-only 0 devices 1 rules 1
sysctl {}
`,
  );
});

test("the user's mounts replace the engine's at the same place, one at /dev all below it", () => {
  const destinations = (mounts: readonly MountRecord[]): string => renderSpec({ ...BASE, mounts }).mounts.map((one) => `${one.destination}<${one.source}`).join(' ');
  const hosts = destinations([mount('/etc/hosts')]);
  ok(hosts.includes('/etc/hosts</host/etc/hosts') && !hosts.includes('/etc/hosts</etc/hosts'));
  equal(destinations([mount('/dev')]), '/proc<proc /sys<sysfs /sys/fs/cgroup<cgroup /etc/hosts</etc/hosts /dev</host/dev');
});

test('tmpfs mounts are safe unless the user says otherwise', () => {
  const { mounts } = renderSpec({
    ...BASE,
    hostConfig: { Tmpfs: { '/run': '', '/tmp': 'exec,size=1m' } },
    mounts: [mount('/t', { type: 'tmpfs', source: '', tmpfsOptions: 'size=2m', readWrite: false })],
  });
  equal(
    mounts.slice(-3).map((one) => `${one.destination} ${one.options.join(',')}`).join('; '),
    '/run noexec,nosuid,nodev; /tmp nosuid,nodev,exec,size=1m; /t nosuid,nodev,noexec,ro,size=2m',
  );
});

test('a process of another user keeps only the bounding set of capabilities', () => {
  const { process } = renderSpec({ ...BASE, user: { uid: 1100, gid: 1100, groups: [1100], home: '/' }, hostConfig: { SecurityOpt: ['no-new-privileges'] } });
  equal(Object.keys(process.capabilities).join(' '), 'bounding');
  equal(process.noNewPrivileges, true);
});

test('limits become resources only when they are set', () => {
  const { linux, process } = renderSpec({
    ...BASE,
    hostConfig: { Memory: 1 << 20, MemorySwap: -1, NanoCpus: 1_500_000_000, PidsLimit: 50, CpusetCpus: '0', Ulimits: [{ Name: 'nofile', Soft: 10, Hard: 20 }], Sysctls: { 'net.core.somaxconn': '9' } },
    namespaces: { ...BASE.namespaces, network: 'private' },
  });
  const limits = { ...linux.resources, devices: undefined };
  equal(JSON.stringify(limits), '{"memory":{"limit":1048576,"swap":-1},"cpu":{"period":100000,"quota":150000,"cpus":"0"},"pids":{"limit":50}}');
  equal(JSON.stringify(process.rlimits), '[{"type":"RLIMIT_NOFILE","soft":10,"hard":20}]');
  equal(Object.keys(linux.sysctl).join(' '), 'net.ipv4.ip_unprivileged_port_start net.ipv4.ping_group_range net.core.somaxconn');
});

test('devices asked for are made and allowed', () => {
  const granted = [{ device: { path: '/dev/x', type: 'c' as const, major: 10, minor: 200, fileMode: 0o600, uid: 0, gid: 0 }, access: 'rw' }];
  const { linux } = renderSpec({ ...BASE, hostConfig: { DeviceCgroupRules: ['c 189:* rwm'] }, granted });
  equal(JSON.stringify(linux.devices), '[{"path":"/dev/x","type":"c","major":10,"minor":200,"fileMode":384,"uid":0,"gid":0}]');
  equal(JSON.stringify((linux.resources['devices'] as unknown[]).slice(-2)), '[{"allow":true,"type":"c","major":10,"minor":200,"access":"rw"},{"allow":true,"type":"c","major":189,"access":"rwm"}]');
  equal(parseDeviceRule('c 1:2'), undefined);
});

test('variables replace each other by name and a bare name removes one', () => {
  equal(renderEnv(['PATH=/bin', 'A=1', 'A=2=3', 'HOSTNAME'], 'box', true).join(' '), 'PATH=/bin TERM=xterm A=2=3');
});
