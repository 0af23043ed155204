// The services that make up the system. Each is a container of System Docker.

import { LABEL } from '../names.ts';
import { VERSION } from '../version.ts';
import type { Services } from './service.ts';

function image(name: string): string {
  return `drover/${name}:${VERSION}`;
}

const SYSTEM = { [LABEL.scope]: 'system' };
const ROS = '/usr/lib/ros:/usr/lib/ros:ro';
/** Without systemd: the engines' own group, PID 1 and what people need to repair the machine come last to be killed. */
const PROTECTED = -900;
/** Looked up in the configuration. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

export const OS_SERVICES: Services = {
  udev: {
    image: image('os-udev'),
    command: ['/usr/lib/udev/start'],
    privileged: true,
    net: 'host',
    pid: 'host',
    ipc: 'host',
    uts: 'host',
    restart: 'always',
    volumes: ['/dev:/dev', '/run:/run', '/usr/lib/modules:/usr/lib/modules:ro', '/usr/lib/firmware:/usr/lib/firmware:ro'],
    labels: SYSTEM,
  },
  syslog: {
    image: image('os-base'),
    // Rotates at 5 MB and keeps four old files; every service sees /dev/log because it shares /dev.
    command: ['syslogd', '-n', '-O', '/var/log/syslog', '-s', '5120', '-b', '4', '-D'],
    net: 'none',
    uts: 'host', // the host name stands in every line
    restart: 'always',
    volumes: ['/dev:/dev', '/var/log:/var/log'],
    labels: SYSTEM,
  },
  network: {
    image: image('os-network'),
    command: ['ros', 'netconf'],
    privileged: true,
    net: 'host',
    uts: 'host',
    restart: 'always',
    volumes: [
      '/dev:/dev', '/run:/run', '/etc/resolv.conf:/etc/resolv.conf', '/etc/hosts:/etc/hosts', '/etc/hostname:/etc/hostname', '/var/lib/dhcpcd:/var/lib/dhcpcd', ROS,
      // For the commands of rancher.network: files of the user, iptables, a log.
      '/rootfs/engine/layers/os-docker/var/lib/rancher/engine:/var/lib/rancher/engine:ro', '/var/lib/rancher:/var/lib/rancher', '/var/log:/var/log', '/opt:/opt',
    ],
    labels: SYSTEM,
  },
  ntp: {
    image: image('os-ntp'),
    cap_add: ['SYS_TIME', 'SYS_NICE'],
    net: 'host',
    uts: 'host',
    restart: 'always',
    volumes: ['/dev:/dev', '/etc/resolv.conf:/etc/resolv.conf:ro', '/var/lib/chrony:/var/lib/chrony'],
    tmpfs: ['/run'], // a chronyd that was killed leaves a file that says "1 runs already", and the next one is 1 itself
    labels: { ...SYSTEM, [LABEL.after]: 'network' },
  },
  console: {
    image: image('os-console'),
    command: ['ros', 'console-init'],
    privileged: true,
    net: 'host',
    pid: 'host',
    ipc: 'host',
    uts: 'host',
    restart: 'always',
    oom_score_adj: PROTECTED,
    environment: PROXIES,
    volumes: [
      '/dev:/dev',
      '/run:/run',
      ROS,
      '/usr/lib/modules:/usr/lib/modules:ro',
      '/usr/lib/firmware:/usr/lib/firmware:ro',
      '/rootfs/engine/layers/os-docker/var/lib/rancher/engine:/var/lib/rancher/engine:ro',
      '/var/lib/rancher:/var/lib/rancher',
      '/var/lib/docker:/var/lib/docker',
      '/var/lib/system-docker:/var/lib/system-docker',
      '/var/log:/var/log',
      '/etc/docker:/etc/docker',
      '/etc/hosts:/etc/hosts',
      '/etc/hostname:/etc/hostname',
      '/etc/resolv.conf:/etc/resolv.conf',
      '/home:/home',
      '/opt:/opt',
      '/mnt:/mnt:rshared',
      '/media:/media:rshared',
    ],
    labels: { ...SYSTEM, [LABEL.rebuild]: 'always', [LABEL.console]: 'default' },
  },
  docker: {
    image: image('os-docker'),
    command: ['ros', 'user-docker'],
    privileged: true,
    net: 'host',
    pid: 'host',
    ipc: 'host',
    uts: 'host',
    restart: 'always',
    oom_score_adj: PROTECTED + 400,
    environment: PROXIES,
    volumes: ['/dev:/dev', '/run:/run', ROS, '/var/log:/var/log', '/var/lib/rancher:/var/lib/rancher'],
    labels: { ...SYSTEM, [LABEL.after]: 'console' },
  },
};

/** Only in the boots that have something to ask: its file says what. */
export const CLOUD_INIT: Services = {
  'cloud-init': {
    image: image('os-base'),
    command: ['ros', 'cloud-init-save'],
    privileged: true,
    net: 'host',
    pid: 'host', // as the first process of a namespace, ros would take itself for the machine's PID 1 and never end
    uts: 'host',
    volumes: [
      '/dev:/dev', '/run:/run', '/var/lib/rancher:/var/lib/rancher', '/etc/hosts:/etc/hosts', '/etc/hostname:/etc/hostname', '/etc/resolv.conf:/etc/resolv.conf',
      '/usr/lib/modules:/usr/lib/modules:ro', ROS,
    ],
    labels: { ...SYSTEM, [LABEL.after]: 'network', [LABEL.before]: 'console', [LABEL.detach]: 'false' },
  },
};
