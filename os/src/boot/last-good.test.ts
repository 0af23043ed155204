import { resolveConfiguration, parseKernelWords, splitKernelLine } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, match, ok, test } from '@drover/testing';
import { BootLog } from './boot-log.ts';
import { chooseConfiguration, FALLBACK_NOTICE, findLastGood, TRIAL } from './last-good.ts';

function named(hostname: string): Configuration {
  return resolveConfiguration(parseKernelWords(splitKernelLine(`cc.hostname=${hostname}`))).config;
}

class Machine {
  readonly host = new FakeHost({ '/var/lib/rancher/x': '', '/run/ros/x': '' });
  readonly said: string[] = [];
  readonly log = new BootLog({ debug: false, write: (level, text) => this.said.push(`${level}: ${text}`) });

  /** The name of the configuration that the boot uses. */
  boot(hostname: string, end: 'reached' | 'not reached'): string | undefined {
    const { config, keep } = chooseConfiguration(this.host, this.log, named(hostname));
    if (end === 'reached') keep?.();
    return config.hostname;
  }
}

test('a configuration that does not get the machine up twice is set aside for the last one that did', () => {
  const machine = new Machine();
  const boots = [machine.boot('good', 'reached'), machine.boot('bad', 'not reached'), machine.boot('bad', 'not reached'), machine.boot('bad', 'reached'), machine.boot('bad', 'reached')];
  deepEqual(boots, ['good', 'bad', 'bad', 'good', 'good']);
  match(machine.said.join('\n'), /^error: the configuration did not get the machine up in 2 boots; this boot uses the last one that did\n {2}hint: /);
  ok(machine.host.files.exists(FALLBACK_NOTICE));
  equal(machine.boot('corrected', 'reached'), 'corrected');
  equal(machine.host.files.exists(FALLBACK_NOTICE), false);
});

test('without the record of its trials it is tried again', () => {
  const machine = new Machine();
  for (const [name, end] of [['good', 'reached'], ['bad', 'not reached'], ['bad', 'not reached']] as const) machine.boot(name, end);
  machine.host.files.remove(TRIAL);
  equal(machine.boot('bad', 'reached'), 'bad');
  equal(machine.boot('bad', 'not reached'), 'bad');
});

test('a machine that never got up has nothing to go back to, and one with the same configuration writes nothing', () => {
  const machine = new Machine();
  for (let i = 0; i < 4; i += 1) equal(machine.boot('new', 'not reached'), 'new');
  equal(machine.host.files.exists(TRIAL), false);
  machine.boot('new', 'reached');
  equal(chooseConfiguration(machine.host, machine.log, named('new')).keep, undefined);
  deepEqual(machine.host.files.list('/var/lib/rancher'), ['last-good-configuration.json', 'x']);
});

test('when the configuration cannot be read at all, the last good one counts; a damaged record is reported and none', () => {
  const machine = new Machine();
  equal(findLastGood(machine.host, machine.log, 'x'), undefined);
  machine.boot('good', 'reached');
  equal(findLastGood(machine.host, machine.log, 'reading it failed')?.hostname, 'good');
  machine.host.files.write('/var/lib/rancher/last-good-configuration.json', '{');
  equal(findLastGood(machine.host, machine.log, 'x'), undefined);
  match(machine.said.at(-1) ?? '', /^warning: \/var\/lib\/rancher\/last-good/);
});

test('on a disk that takes nothing, a new configuration is used without being counted', () => {
  const machine = new Machine();
  machine.boot('good', 'reached');
  machine.host.files.writeAtomic = () => {
    throw new Error('ENOSPC');
  };
  for (let i = 0; i < 4; i += 1) equal(machine.boot('new', 'not reached'), 'new');
  match(machine.said.at(-1) ?? '', /^warning: .*on-trial\.json: ENOSPC; a configuration that does not get the machine up will not be noticed$/);
});
