import { deepEqual, equal, test } from '@drover/testing';
import { parseDaemonFlags } from './daemon-flags.ts';

test("the daemon's flags have dockerd's names, defaults, and both forms of value", () => {
  deepEqual(parseDaemonFlags([]), {
    dataRoot: '/var/lib/system-docker',
    execRoot: '/var/run/system-docker',
    pidFile: '/var/run/system-docker.pid',
    preload: undefined,
    sockets: ['/var/run/system-docker.sock'],
    insecureRegistries: [],
    registryMirrors: [],
    logLevel: 'info',
  });
  const args = ['--data-root', '/d', '--exec-root=/e', '-H', 'unix:///a', '--host=unix:///b', '-p=/pid', '--preload', '/images', '--insecure-registry', 'a:5000', '--insecure-registry=b', '--registry-mirror', 'http://m:1', '-D'];
  deepEqual(parseDaemonFlags(args), { dataRoot: '/d', execRoot: '/e', pidFile: '/pid', preload: '/images', sockets: ['/a', '/b'], insecureRegistries: ['a:5000', 'b'], registryMirrors: ['http://m:1'], logLevel: 'debug' });
});

test('a command line that the daemon does not understand is said so in one sentence', () => {
  const bad: readonly (readonly [readonly string[], string])[] = [
    [['--nonsense'], 'unknown flag: --nonsense'],
    [['-x=1'], 'unknown flag: -x'],
    [['extra'], 'unexpected argument: extra'],
    [['--data-root'], 'flag needs an argument: --data-root'],
    [['--data-root='], 'flag needs an argument: --data-root'],
    [['--data-root', 'relative'], 'not an absolute path: relative'],
    [['--host', 'tcp://0.0.0.0:1'], 'unusable --host tcp://0.0.0.0:1: only unix:///PATH is served'],
    [['--registry-mirror', 'm.local'], 'invalid mirror: m.local: it is http:// or https://, a host and perhaps a port, and nothing else'],
    [['--log-level', 'loud'], 'invalid log level: loud'],
  ];
  for (const [args, problem] of bad) deepEqual(parseDaemonFlags(args), { problem });
  equal(parseDaemonFlags(['--data-root', '/d', '--help']), 'help');
});
