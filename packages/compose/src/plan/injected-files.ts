// Secrets and configs that are no files: they are put into the container once it is there.

import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { targetBelow } from './mounts.ts';
import type { InjectedFile } from './step.ts';

/** Those that come from a variable or from the compose file. */
export function injectedFiles(project: Project, service: Service): readonly InjectedFile[] {
  const files = (section: 'secrets' | 'configs', folder: string): InjectedFile[] => (service[section] ?? []).flatMap((one) => {
    const object = project[section][one.source];
    const text = object?.content ?? (object?.environment === undefined ? undefined : project.environment.get(object.environment));
    if (text === undefined) return [];
    return [{ path: targetBelow(one.target ?? one.source, folder), text, uid: Number(one.uid ?? 0), gid: Number(one.gid ?? 0), mode: one.mode ?? 0o444 }];
  });
  return [...files('secrets', '/run/secrets/'), ...files('configs', '/')];
}
