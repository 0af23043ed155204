import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';

/** What a container is made from. */
export interface CreateInput {
  readonly project: Project;
  readonly name: string;
  readonly service: Service;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The names of a service's containers. */
  readonly containersOf: (service: string) => readonly string[];
  /** Of the container that this one replaces: volume by path. */
  readonly inherited: ReadonlyMap<string, string>;
  readonly containerName: string;
}
