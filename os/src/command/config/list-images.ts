// `ros config images`: on one line, sorted, each once, as build scripts of RancherOS expect.

import { hasErrors } from '@drover/core';
import { isMap, toValue } from '@drover/yaml';
import type { Value } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import type { ConfigContext } from './config-context.ts';
import { report, valueAt } from './config-context.ts';
import { loadEverything, withBuiltIns } from './config-store.ts';

export async function run(context: ConfigContext, flags: Flags): Promise<number> {
  const file = flags.text('input');
  const value = file === undefined ? await withBuiltIns(toValue((await loadEverything(context.host)).tree)) : await readFile(context, file);
  if (value === undefined) return 1;
  context.out(`${imagesOf(value).join(' ')}\n`);
  return 0;
}

async function readFile(context: ConfigContext, file: string): Promise<Value | undefined> {
  const { parseCloudConfig } = await import('@drover/cloud-config/yaml');
  const { tree, problems } = parseCloudConfig(context.host.files.readBytes(file), file);
  const wrong = problems.filter((one) => one.severity === 'error');
  report(context, wrong);
  return hasErrors(wrong) ? undefined : toValue(tree);
}

function imagesOf(value: Value): string[] {
  const images = ['bootstrap', 'services'].flatMap((key) => {
    const services = valueAt(value, ['rancher', key]);
    return Object.values(isMap(services) ? services : {}).map((service) => valueAt(service, ['image']));
  });
  return [...new Set(images.filter((image) => typeof image === 'string'))].sort();
}
