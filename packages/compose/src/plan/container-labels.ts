import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { LABELS } from '../names.ts';

/** What is written into the label com.docker.compose.version. */
export const VERSION = '0.1.0';

/** The labels by which a container is found again, here and by `docker compose`. */
export function containerLabels(project: Project, name: string, service: Service, facts: { readonly number: number; readonly oneOff: boolean; readonly hash: string; readonly imageId: string }): Record<string, string> {
  const dependencies = Object.entries(service.depends_on ?? {}).map(([dependency, { condition, restart }]) => `${dependency}:${condition}:${String(restart === true)}`);
  return {
    [LABELS.project]: project.name,
    [LABELS.service]: name,
    [LABELS.version]: VERSION,
    [LABELS.oneOff]: facts.oneOff ? 'True' : 'False',
    [LABELS.number]: String(facts.number),
    [LABELS.configHash]: facts.hash,
    ...(facts.imageId !== '' && { [LABELS.imageDigest]: facts.imageId }),
    [LABELS.workingDir]: project.workingDir,
    [LABELS.configFiles]: project.files.join(','),
    [LABELS.dependsOn]: dependencies.sort().join(','),
  };
}
