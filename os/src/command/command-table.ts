// Every command of `ros`, in the order of its help.

import type { CommandGroup } from './command.ts';
import type { FlagSpec } from './parse-flags.ts';

const INPUT: FlagSpec = { short: 'i', value: 'FILE', help: 'the file to read; standard input without it' };
const NONE: readonly [number, number] = [0, 0];
const ANY: readonly [number, number] = [0, Infinity];

export const CONFIG: CommandGroup = {
  help: 'show and change the configuration',
  aliases: ['c'],
  commands: {
    get: { usage: 'KEY', operands: [1, 1], help: 'the value of a key', load: () => import('./config/get-key.ts') },
    set: { usage: 'KEY VALUE', operands: [2, 2], help: 'set a key in cloud-config.yml', load: () => import('./config/set-key.ts') },
    images: {
      operands: NONE,
      flags: { input: { ...INPUT, help: 'a configuration; without it, the one of this machine with the built-in services' } },
      help: 'the images that the services of a configuration need',
      load: () => import('./config/list-images.ts'),
    },
    generate: { operands: NONE, hidden: true, anyUser: true, help: 'expand a template of standard input with the environment', load: () => import('./config/generate-text.ts') },
    export: {
      operands: NONE,
      flags: {
        output: { short: 'o', value: 'FILE', help: 'write it there, readable by root alone' },
        private: { short: 'p', help: 'private keys, too' },
        full: { short: 'f', help: 'defaults and built-in services, too' },
      },
      help: 'the configuration as YAML',
      load: () => import('./config/export-configuration.ts'),
    },
    merge: { operands: NONE, flags: { input: INPUT }, help: 'merge a cloud-config into cloud-config.yml', load: () => import('./config/merge-file.ts') },
    diff: { operands: NONE, flags: { input: INPUT }, help: 'what a merge would change, key by key; exit code 1 when it would change anything', load: () => import('./config/diff-merge.ts') },
    apply: {
      operands: NONE,
      flags: { restart: { help: 'also start User Docker or the console again, when a changed key needs it' } },
      help: 'make live what changed, as far as that goes, and say what becomes of each key',
      load: () => import('./config/apply-changes.ts'),
    },
    explain: { usage: 'KEY', operands: [1, 1], help: 'a key: its value, where that comes from, what it means', load: () => import('./config/explain-key.ts') },
    syslinux: { operands: NONE, help: 'the kernel words of the installed boot loader', load: () => import('./config/show-kernel-words.ts') },
    validate: { operands: NONE, flags: { input: INPUT }, anyUser: true, help: 'check a cloud-config; exit code 1 when something is wrong', load: () => import('./config/validate-file.ts') },
  },
};

export const ROS: CommandGroup = {
  help: 'Control and configure RancherOS',
  commands: {
    config: CONFIG,
    console: { missing: true, help: 'choose the console' },
    engine: { missing: true, help: 'choose the version of User Docker' },
    service: { missing: true, aliases: ['s'], help: 'system services' },
    os: {
      help: 'versions of the operating system',
      commands: {
        upgrade: { missing: true, help: 'upgrade to another version' },
        list: { missing: true, help: 'versions there are' },
        version: { operands: NONE, anyUser: true, help: 'the version that runs', load: () => import('./show-version.ts') },
      },
    },
    tls: {
      help: 'TLS for User Docker',
      commands: {
        generate: {
          aliases: ['gen'],
          operands: NONE,
          flags: {
            hostname: { short: 'H', value: 'NAME', help: 'a host name or address of the server beside localhost; may be repeated' },
            server: { short: 's', help: 'for the server; without it, for a client' },
            dir: { short: 'd', value: 'DIR', help: 'where the files go; without it, /etc/docker/tls or /home/rancher/.docker' },
          },
          help: 'make certificates, and the authority that signs them',
          load: () => import('./generate-certificates.ts'),
        },
      },
    },
    install: { missing: true, help: 'install to a disk' },
    dev: { usage: '[DEVICE]', operands: [0, 1], hidden: true, help: 'the path of a device given as LABEL=NAME, UUID=ID or a path', load: () => import('./resolve-device.ts') },
    env: { usage: 'COMMAND [ARGUMENT...]', operands: ANY, passesFlags: true, hidden: true, help: 'run a program with rancher.environment', load: () => import('./run-with-environment.ts') },
    entrypoint: { usage: 'COMMAND [ARGUMENT...]', operands: ANY, passesFlags: true, hidden: true, anyUser: true, help: 'prepare a container of RancherOS and run its program', load: () => import('./run-entrypoint.ts') },
  },
};
