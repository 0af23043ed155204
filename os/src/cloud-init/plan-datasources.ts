// Which datasources are asked, in which order. Pure.

import type { ConfigProblem } from '@drover/cloud-config';
import { quoteText } from '@drover/core';
import type { SourceName } from './datasource.ts';
import { ALL_SOURCES, DATASOURCES } from './datasources.ts';
import type { Dmi } from './dmi.ts';

export interface DatasourcePlan {
  readonly sources: readonly SourceName[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * `configured`: rancher.cloud_init.datasources as somebody has set it; then exactly those are asked. Otherwise drives
 * with a label, a URL among the kernel words, and the cloud that the firmware names.
 */
export function planDatasources(configured: readonly string[] | undefined, dmi: Dmi, kernelWords: readonly string[]): DatasourcePlan {
  const detected = Object.keys(DATASOURCES).filter((name) => DATASOURCES[name]!.isThisCloud?.(dmi) === true);
  const hasUrl = kernelWords.some((word) => /^cloud[-_]config[-_]url=./.test(word));
  const wanted = configured ?? ['configdrive', 'nocloud', ...(hasUrl ? ['cmdline'] : []), ...detected];
  const problems: ConfigProblem[] = [];
  const refuse = (message: string, hint: string): SourceName[] => {
    problems.push({ code: 'bad-value', severity: 'error', message, source: 'rancher.cloud_init.datasources', hint });
    return [];
  };
  const sources = wanted.flatMap((text) => (text === '*' ? ALL_SOURCES : [text])).flatMap((text): SourceName[] => {
    const [, name = '', given] = /^([^:]*)(?::(.*))?$/.exec(text.trim())!;
    const source = Object.hasOwn(DATASOURCES, name) ? DATASOURCES[name]! : undefined;
    if (source === undefined) return refuse(`there is no datasource ${quoteText(name)}`, `one of ${Object.keys(DATASOURCES).join(', ')}`);
    if (source.from === 'nowhere') return refuse(`the datasource ${name} is not read by this version`, source.instead);
    const argument = given === undefined || given === '' ? source.argument : given;
    return argument === undefined ? refuse(`the datasource ${name} needs an argument`, `write ${name}:WHERE`) : [{ name, argument }];
  });
  const isFirst = ({ name, argument }: SourceName, i: number): boolean => sources.findIndex((one) => one.name === name && one.argument === argument) === i;
  return { sources: sources.filter(isFirst), problems };
}
