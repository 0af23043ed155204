// From files to a project: the whole of loading, in its order.

import { basename, dirname, hasErrors, join, resolvePath } from '@drover/core';
import type { Host } from '@drover/host';
import type { MapNode, ValueMap } from '@drover/yaml';
import { toValue } from '@drover/yaml';
import { mapValues, normalize } from '../model/normalize.ts';
import type { Project } from '../model/project.ts';
import { normalizeProjectName } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { ENV_FILE, VARIABLES } from '../names.ts';
import type { ComposeProblem } from '../problem.ts';
import { checkProject } from '../validate/check-project.ts';
import { isExtension } from '../schema/shape.ts';
import { findFiles } from './find-files.ts';
import { childText } from './nodes.ts';
import { readEnvFiles } from './read-env-files.ts';
import { lookupIn } from './read-context.ts';
import { readFiles } from './read-files.ts';
import { resolveEnvironment } from './resolve-environment.ts';
import { substitute } from './substitute.ts';
import type { TextFile } from './text-file.ts';
import { parseTextFile, readTextFile } from './text-file.ts';

export interface LoadOptions {
  /** Absolute: where relative names of files begin, and where files are looked for when none is named. */
  readonly folder: string;
  /** Paths, or texts with a name; default: COMPOSE_FILE, or the files of the folder. */
  readonly files?: readonly (string | TextFile)[];
  /** What relative paths in the files are relative to; default: the folder of the first file. */
  readonly projectDirectory?: string;
  readonly projectName?: string;
  /** Besides those of COMPOSE_PROFILES; `*` is all. */
  readonly profiles?: readonly string[];
  /** Of the process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In place of `.env`. */
  readonly envFiles?: readonly string[];
  /** What `~` is. */
  readonly home?: string;
  /** A service with errors is left out; the others make a project. */
  readonly lenient?: boolean;
  /** Default: true. */
  readonly interpolate?: boolean;
}

export interface LoadResult {
  /** Undefined when there are errors; in the lenient mode when there are errors outside of services. */
  readonly project: Project | undefined;
  readonly problems: readonly ComposeProblem[];
}

/** Never throws for what is in the files. */
export function loadProject(host: Pick<Host, 'files'>, options: LoadOptions): LoadResult {
  const problems: ComposeProblem[] = [];
  const process = new Map(Object.entries(options.environment ?? {}));
  const files = openFiles(host, options, process, problems);
  const first = files[0];
  if (first === undefined) return { project: undefined, problems };
  const workingDir = resolvePath(options.folder, options.projectDirectory ?? (first.name.startsWith('/') ? dirname(first.name) : '.'));
  const envFiles = envFilesOf(host, options, process, workingDir);
  const environment = readEnvFiles(host, envFiles, process, problems);
  const name = projectNameOf(options, files, environment, workingDir, problems);
  environment.set(VARIABLES.projectName, name);
  const tree = readFiles({ host, home: options.home ?? '/root', environment, folder: workingDir, interpolate: options.interpolate !== false, problems, including: [] }, files);
  const profiles = [...(options.profiles ?? []), ...(environment.get(VARIABLES.profiles) ?? '').split(',')].filter((one) => one !== '');
  const project = makeProject(host, { tree, name, workingDir, files: files.map((one) => one.name), environment, profiles }, problems);
  problems.push(...checkProject(project, tree));
  return finish(project, problems, options.lenient === true);
}

function openFiles(host: Pick<Host, 'files'>, options: LoadOptions, process: ReadonlyMap<string, string>, problems: ComposeProblem[]): readonly TextFile[] {
  const separator = process.get(VARIABLES.separator) ?? ':';
  const listed = process.get(VARIABLES.files)?.split(separator).filter((one) => one !== '');
  const wanted = options.files ?? (listed !== undefined && listed.length > 0 ? listed : findFiles(host, options.folder));
  if (wanted.length === 0) problems.push({ code: 'no-file', severity: 'error', message: 'no configuration file provided: not found', source: options.folder, hint: 'name one with -f, or go to a folder with compose.yaml' });
  return wanted.flatMap((one) => (typeof one === 'string' ? (readTextFile(host, resolvePath(options.folder, one), problems) ?? []) : one));
}

function envFilesOf(host: Pick<Host, 'files'>, options: LoadOptions, process: ReadonlyMap<string, string>, workingDir: string): readonly string[] {
  const named = options.envFiles ?? process.get(VARIABLES.envFiles)?.split(',').filter((one) => one !== '');
  if (named !== undefined && named.length > 0) return named.map((one) => resolvePath(options.folder, one));
  return [join(workingDir, ENV_FILE)].filter((path) => host.files.exists(path));
}

function projectNameOf(options: LoadOptions, files: readonly TextFile[], environment: ReadonlyMap<string, string>, workingDir: string, problems: ComposeProblem[]): string {
  const given = options.projectName ?? environment.get(VARIABLES.projectName);
  if (given !== undefined && given !== '') {
    if (normalizeProjectName(given) !== given) {
      problems.push({ code: 'bad-name', severity: 'error', message: `invalid project name ${JSON.stringify(given)}: must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`, source: 'project name' });
    }
    return normalizeProjectName(given);
  }
  const written = files.flatMap((file) => parseTextFile(file, []).flatMap((document) => childText(document, 'name') ?? [])).at(-1);
  const named = written === undefined ? '' : normalizeProjectName(substitute(written, lookupIn(environment)).text);
  if (named !== '') return named;
  const folder = normalizeProjectName(basename(workingDir));
  if (folder === '') problems.push({ code: 'bad-name', severity: 'error', message: 'project name must not be empty', source: workingDir, hint: 'give one with -p' });
  return folder;
}

interface Read {
  readonly tree: MapNode;
  readonly name: string;
  readonly workingDir: string;
  readonly files: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly profiles: readonly string[];
}

function makeProject(host: Pick<Host, 'files'>, read: Read, problems: ComposeProblem[]): Project {
  const values = toValue(read.tree) as ValueMap;
  const model = normalize(values, read.name, read.environment);
  const enabled = (service: Service): boolean => {
    const { profiles = [] } = service;
    return profiles.length === 0 || read.profiles.includes('*') || profiles.some((one) => read.profiles.includes(one));
  };
  const all = Object.entries(model.services).sort(([a], [b]) => (a < b ? -1 : 1));
  const services = Object.fromEntries(all.filter(([, service]) => enabled(service)));
  return {
    name: read.name,
    workingDir: read.workingDir,
    files: read.files,
    environment: read.environment,
    services: mapValues(services, (service, name) => resolveEnvironment(host, name, service, read.environment, problems)),
    disabledServices: Object.fromEntries(all.filter(([, service]) => !enabled(service))),
    networks: model.networks as unknown as Project['networks'],
    volumes: model.volumes as unknown as Project['volumes'],
    secrets: model.secrets as unknown as Project['secrets'],
    configs: model.configs as unknown as Project['configs'],
    extensions: Object.fromEntries(Object.entries(values).filter(([key]) => isExtension(key))),
  };
}

function finish(project: Project, problems: readonly ComposeProblem[], lenient: boolean): LoadResult {
  const errors = problems.filter((one) => one.severity === 'error');
  if (!lenient) return { project: hasErrors(problems) ? undefined : project, problems };
  if (errors.some((one) => one.service === undefined)) return { project: undefined, problems };
  const broken = new Set(errors.map((one) => one.service));
  return { project: { ...project, services: Object.fromEntries(Object.entries(project.services).filter(([name]) => !broken.has(name))) }, problems };
}
