import type { ContainerConfig, ContainerCreateBody } from '@drover/docker-api';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { CheckedContainer } from './check-create.ts';
import { checkCreate, parseLogSize } from './check-create.ts';

const IMAGE: ContainerConfig = { Cmd: ['serve', '-v'], Entrypoint: ['/entry'], Env: ['A=image', 'B=image'], Labels: { x: 'image', y: 'image' }, WorkingDir: '/srv', User: 'web', Volumes: { '/data': {} }, StopSignal: 'SIGQUIT' };

function check(body: ContainerCreateBody, image: ContainerConfig = IMAGE): CheckedContainer {
  return checkCreate(body, image, { hostName: 'abc' });
}

test('the command is put together from entry point and arguments of user and image, as moby does it', () => {
  const cases: readonly (readonly [ContainerCreateBody, string])[] = [
    [{}, '/entry serve -v'],
    [{ Cmd: ['x'] }, '/entry x'],
    [{ Entrypoint: ['sh', '-c'] }, 'sh -c'],
    [{ Entrypoint: ['sh', '-c'], Cmd: ['true'] }, 'sh -c true'],
    [{ Entrypoint: [''], Cmd: ['true'] }, 'true'],
    [{ Entrypoint: [], Cmd: [] }, 'serve -v'],
    [{ Entrypoint: 'sh', Cmd: 'a b' }, 'sh a b'],
  ];
  for (const [body, expected] of cases) {
    const { path, args } = check(body);
    equal([path, ...args].join(' '), expected);
  }
});

test("the user's settings win over the image's, variables and labels one by one", () => {
  const { config } = check({ Env: ['B=user', 'C='], Labels: { x: 'user' }, WorkingDir: '/w', Volumes: { '/own': {} } });
  deepEqual(config.Env, ['B=user', 'C=', 'A=image']);
  deepEqual(config.Labels, { x: 'user', y: 'image' });
  equal(`${config.WorkingDir} ${config.User} ${config.StopSignal} ${Object.keys(config.Volumes ?? {}).join(',')}`, '/w web SIGQUIT /data,/own');
  equal(config.Hostname, 'abc');
});

test('what is not given has the defaults of the engine', () => {
  const { hostConfig } = check({});
  deepEqual(hostConfig.LogConfig, { Type: 'json-file', Config: { 'max-file': '2', 'max-size': '25m' } });
  equal(`${hostConfig.NetworkMode} ${hostConfig.RestartPolicy?.Name} ${hostConfig.IpcMode} ${hostConfig.ShmSize}`, 'bridge no private 67108864');
  equal(check({ HostConfig: { Privileged: true } }).hostConfig.MaskedPaths, null);
  deepEqual(check({ HostConfig: { LogConfig: { Type: '', Config: { 'max-size': '1k' } } } }).hostConfig.LogConfig?.Config, { 'max-file': '2', 'max-size': '1k' });
});

test('what makes no sense is refused in the words of moby', async () => {
  const cases: readonly (readonly [ContainerCreateBody, string])[] = [
    [{ Entrypoint: [''] }, 'no command specified'],
    [{ WorkingDir: 'w' }, "the working directory 'w' is invalid, it needs to be an absolute path"],
    [{ Env: ['=x'] }, 'invalid environment variable: =x'],
    [{ StopSignal: 'SIGX' }, 'invalid signal: SIGX'],
    [{ HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'always' } } }, "can't create 'AutoRemove' container with restart policy"],
    [{ HostConfig: { RestartPolicy: { Name: 'x' as never } } }, "invalid restart policy: unknown policy 'x'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"],
    [{ HostConfig: { CapAdd: ['x'] } }, 'invalid CapAdd: unknown capability: "CAP_X"'],
    [{ HostConfig: { PidMode: 'x' } }, 'invalid PID mode: x'],
    [{ HostConfig: { IpcMode: 'x' } }, 'invalid IPC mode: x'],
    [{ HostConfig: { Memory: 100 } }, 'Minimum memory limit allowed is 6MB'],
    [{ HostConfig: { MemorySwap: 100 } }, 'You should always set the Memory limit when using Memoryswap limit, see usage'],
    [{ HostConfig: { OomScoreAdj: 2000 } }, 'Invalid value 2000, range for oom score adj is [-1000, 1000]'],
    [{ HostConfig: { LogConfig: { Type: 'fluentd' } } }, "error looking up logging plugin fluentd: plugin \"fluentd\" not found"],
    [{ HostConfig: { LogConfig: { Config: { 'max-size': 'x' } } } }, "invalid max-size: 'x'"],
    [{ HostConfig: { LogConfig: { Config: { odd: 'x' } } } }, "unknown log opt 'odd' for json-file log driver"],
    [{ HostConfig: { ExtraHosts: ['x'] } }, 'bad format for add-host: "x"'],
    [{ HostConfig: { Runtime: 'kata' } }, 'unknown or invalid runtime name: kata'],
  ];
  for (const [body, message] of cases) equal((await rejects(() => check(body), 'invalid-parameter')).message, message);
});

test('what is asked for and has no effect yet is warned of', () => {
  deepEqual(check({ HostConfig: { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostPort: '80' }] } } }).warnings, ['Published ports are discarded when using host network mode']);
});

test('sizes of logs are read with their unit', () => {
  const cases: Readonly<Record<string, number | undefined>> = { '25m': 25 << 20, '1k': 1024, '7': 7, '2G': 2 * (1 << 30), '1b': 1, 'x': undefined, '': undefined, '1mm': undefined };
  for (const [text, bytes] of Object.entries(cases)) equal(parseLogSize(text), bytes);
});
