// The last configuration that booted. A new one is on trial until the console is prepared and User Docker answers; one
// that did not get that far twice in a row is set aside, and the machine boots with the last that did. A machine whose
// configuration does not change writes nothing.

import { encodeHex, encodeUtf8, explain } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';
import type { Host } from '@drover/host';
import { VERSION } from '../version.ts';
import type { BootLog } from './boot-log.ts';

type StoreHost = Pick<Host, 'files' | 'sha256'>;

/** Root's: it has passwords. */
const LAST_GOOD = '/var/lib/rancher/last-good-configuration.json';
/** Which configuration is on trial, and how many boots it had. Without it, the next boot tries it anew. */
export const TRIAL = '/var/lib/rancher/configuration-on-trial.json';
/** There while a boot uses the last good one: what people who log in should know. */
export const FALLBACK_NOTICE = '/run/ros/fallback';

const ATTEMPTS = 2;

interface Good {
  readonly version: string;
  readonly digest: string;
  readonly config: Configuration;
}

interface Trial {
  readonly digest: string;
  readonly attempts: number;
}

export interface Choice {
  readonly config: Configuration;
  /** To be called when the boot has reached its end; undefined when there is nothing to keep. */
  readonly keep: (() => void) | undefined;
}

export function chooseConfiguration(host: StoreHost, log: BootLog, config: Configuration): Choice {
  const { files } = host;
  files.remove(FALLBACK_NOTICE);
  const digest = encodeHex(host.sha256(encodeUtf8(JSON.stringify([VERSION, config]))));
  const good = readGood(files, log);
  if (good?.digest === digest) {
    record(log, () => files.remove(TRIAL));
    return { config, keep: undefined };
  }
  if (good !== undefined) {
    const trial = readJson(files, log, TRIAL) as Trial | undefined;
    const attempts = trial?.digest === digest ? trial.attempts : 0;
    if (attempts >= ATTEMPTS) return { config: fallBack(files, log, good, `the configuration did not get the machine up in ${attempts} boots`), keep: undefined };
    const next: Trial = { digest, attempts: attempts + 1 };
    record(log, () => files.writeAtomic(TRIAL, JSON.stringify(next), { mode: 0o600 }));
  }
  return { config, keep: () => keep(files, { version: VERSION, digest, config }) };
}

/** On a disk that is full or read-only nothing is counted; the configuration itself is used all the same. */
function record(log: BootLog, write: () => void): void {
  try {
    write();
  } catch (error) {
    log.warning(`${TRIAL}: ${explain(error)}; a configuration that does not get the machine up will not be noticed`);
  }
}

/** When reading the configuration itself failed. Undefined when there is none to fall back on. */
export function findLastGood({ files }: StoreHost, log: BootLog, why: string): Configuration | undefined {
  const good = readGood(files, log);
  return good === undefined ? undefined : fallBack(files, log, good, why);
}

function fallBack(files: Host['files'], log: BootLog, good: Good, why: string): Configuration {
  const notice = `${why}; this boot uses the last one that did`;
  log.error(`${notice}\n  hint: correct it (sudo ros config ...), or remove ${TRIAL} to have it tried again, and reboot`);
  files.write(FALLBACK_NOTICE, notice, { mode: 0o600 });
  return good.config;
}

function keep(files: Host['files'], good: Good): void {
  files.writeAtomic(LAST_GOOD, JSON.stringify(good), { mode: 0o600 });
  files.remove(TRIAL);
}

/** Of another version it may lack what this one expects. */
function readGood(files: Host['files'], log: BootLog): Good | undefined {
  const good = readJson(files, log, LAST_GOOD) as Good | undefined;
  return good?.version === VERSION ? good : undefined;
}

function readJson(files: Host['files'], log: BootLog, path: string): unknown {
  try {
    const text = files.readTextIfPresent(path);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    log.warning(`${path}: ${explain(error)}`);
    return undefined;
  }
}
