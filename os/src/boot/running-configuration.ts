// The configuration of this boot, as PID 1 has checked it: JSON, so that who reads it needs no YAML.

import type { Configuration } from '@drover/cloud-config';
import type { Files } from '@drover/host';
import { RUNNING_CONFIG } from '../names.ts';

/** Only root may read it: it has the password. */
export function readRunningConfiguration({ files }: { readonly files: Pick<Files, 'readText'> }): Configuration {
  return JSON.parse(files.readText(RUNNING_CONFIG)) as Configuration;
}
