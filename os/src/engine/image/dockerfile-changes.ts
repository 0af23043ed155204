// Lines of a Dockerfile that concern the configuration of an image alone: `--change` of docker import and commit.

import { splitWords } from '@drover/core';
import type { ContainerConfig, HealthConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';

type Change = (config: ContainerConfig, words: readonly string[], rest: string) => ContainerConfig;

/** `["a", "b"]`, or a line for the shell. */
function parseCommand(rest: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(rest);
    if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list;
  } catch {
    // a line
  }
  return ['/bin/sh', '-c', rest];
}

/** `A=1 B=2`, or `A 1`. */
function parsePairs(words: readonly string[]): [string, string][] {
  if (!words[0]?.includes('=')) return [[words[0] ?? '', words.slice(1).join(' ')]];
  return words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
}

function nameSet(words: readonly string[]): Readonly<Record<string, Readonly<Record<string, never>>>> {
  return Object.fromEntries(words.map((word) => [word, {}]));
}

const HEALTH_OPTIONS: Readonly<Record<string, keyof HealthConfig>> = { interval: 'Interval', timeout: 'Timeout', 'start-period': 'StartPeriod', 'start-interval': 'StartInterval', retries: 'Retries' };
const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** `--interval=5s --retries=2 CMD curl x`, `CMD ["curl", "x"]` or `NONE`. Throws `invalid-parameter`. */
function parseHealthcheck(text: string): HealthConfig {
  const [, options = '', kind = '', rest = ''] = /^((?:--\S+\s+)*)(\S+)\s*(.*)$/s.exec(text) ?? [];
  if (kind.toUpperCase() === 'NONE') return { Test: ['NONE'] };
  if (kind.toUpperCase() !== 'CMD') throw apiError('invalid-parameter', `Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  const command = parseCommand(rest);
  const given = options.split(/\s+/).filter((option) => option !== '').map((option): [keyof HealthConfig, number] => {
    const [, name = '', value = ''] = /^--([^=]*)=(.*)$/.exec(option) ?? [];
    const field = HEALTH_OPTIONS[name];
    const number = field === 'Retries' ? Number(value) : parseNanoseconds(value);
    if (field === undefined || Number.isNaN(number)) throw apiError('invalid-parameter', `Unknown flag: ${option.slice(2)}`);
    return [field, number];
  });
  return { Test: command[0] === '/bin/sh' && command[1] === '-c' ? ['CMD-SHELL', rest] : ['CMD', ...command], ...Object.fromEntries(given) };
}

/** 1m30s -> nanoseconds, NaN when it is no duration. */
function parseNanoseconds(text: string): number {
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text)) return Number.NaN;
  return [...text.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)].reduce((sum, [, number, unit]) => sum + Math.round(Number(number) * SECONDS[unit!]! * 1e9), 0);
}

/** What a Dockerfile may say that concerns the configuration alone. */
const CHANGES: Readonly<Record<string, Change>> = {
  CMD: (config, _, rest) => ({ ...config, Cmd: parseCommand(rest) }),
  ENTRYPOINT: (config, _, rest) => ({ ...config, Entrypoint: parseCommand(rest) }),
  ENV: (config, words) => ({ ...config, Env: [...(config.Env ?? []), ...parsePairs(words).map(([name, value]) => `${name}=${value}`)] }),
  LABEL: (config, words) => ({ ...config, Labels: { ...config.Labels, ...Object.fromEntries(parsePairs(words)) } }),
  WORKDIR: (config, _, rest) => ({ ...config, WorkingDir: rest }),
  USER: (config, _, rest) => ({ ...config, User: rest }),
  STOPSIGNAL: (config, _, rest) => ({ ...config, StopSignal: rest }),
  EXPOSE: (config, words) => ({ ...config, ExposedPorts: { ...config.ExposedPorts, ...nameSet(words.map((word) => (word.includes('/') ? word : `${word}/tcp`))) } }),
  ONBUILD: (config, _, rest) => ({ ...config, OnBuild: [...(config.OnBuild ?? []), rest] }),
  HEALTHCHECK: (config, _, rest) => ({ ...config, Healthcheck: parseHealthcheck(rest) }),
  VOLUME: (config, words, rest) => ({ ...config, Volumes: { ...config.Volumes, ...nameSet(rest.startsWith('[') ? parseCommand(rest) : words) } }),
};

/** Throws `invalid-parameter`. */
export function applyChange(config: ContainerConfig, line: string): ContainerConfig {
  const [, word = '', rest = ''] = /^\s*(\S+)\s+(.*?)\s*$/s.exec(line) ?? [];
  const change = CHANGES[word.toUpperCase()];
  if (change === undefined) throw apiError('invalid-parameter', `${word} is not a valid change command`);
  return change(config, splitWords(rest) ?? [], rest);
}
