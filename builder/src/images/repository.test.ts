// The lock and the image definitions of this repository, checked against each other and against the packages.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deepEqual, equal, ok, test } from '@drover/testing';
import { IMAGES } from '../build.ts';
import type { PackageSection } from '../debian/lock.ts';
import { PACKAGE_SECTIONS, parseLock, renderLock } from '../debian/lock.ts';
import { WANTED_SOURCES, WANTED_UDEBS, wantedPackages } from '../debian/packages.ts';
import { LOCK_FILE } from '../debian/read-lock.ts';
import { unpackSection } from '../debian/unpack.ts';
import { openWorkspace } from '../workspace.ts';
import { matcher, readDefinition } from './definition.ts';

const workspace = openWorkspace();
const text = readFileSync(join(workspace.root, LOCK_FILE), 'utf8');
const lock = parseLock(text, LOCK_FILE);

test('packages.lock is what update-lock would write: sorted, each package once', () => {
  equal(renderLock(lock), text);
  for (const packages of Object.values(lock.sections)) equal(new Set(packages.map((one) => one.name)).size, packages.length);
});

test('packages.lock has every package that is asked for, for one architecture', () => {
  const names = (section: PackageSection): Set<string> => new Set(lock.sections[section].map((one) => one.name));
  const missing = PACKAGE_SECTIONS.flatMap((section) => wantedPackages(section, workspace.architecture).filter((one) => !names(section).has(one)));
  deepEqual(missing, []);
  deepEqual(lock.sections.sources.map((one) => one.name), [...WANTED_SOURCES]);
  deepEqual(lock.sections.udebs.map((one) => one.name), Object.keys(WANTED_UDEBS));
  deepEqual([...new Set([...lock.sections.system, ...lock.sections.toolchain].map((one) => one.architecture))].sort(), ['all', workspace.architecture].sort());
});

test('every folder of images/ is built, after the one it stands on', () => {
  const folders = readdirSync(join(workspace.root, 'images'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  deepEqual([...IMAGES].sort(), folders.sort());
  for (const [i, name] of IMAGES.entries()) {
    const { base } = readDefinition(workspace.root, name);
    ok(base === undefined || IMAGES.slice(0, i).includes(base), `${name} stands on ${base ?? ''}`);
  }
});

test('every pattern of every image.yml matches files of its package, and every link and mode is well formed', async () => {
  const tree = await unpackSection(workspace, lock, 'system');
  const problems: string[] = [];
  for (const name of IMAGES) {
    const image = readDefinition(workspace.root, name);
    for (const [one, patterns] of Object.entries(image.packages)) {
      if (!tree.names.includes(one)) {
        problems.push(`${name}: no package ${one}`);
        continue;
      }
      const folder = tree.of(one);
      const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length));
      for (const pattern of patterns) if (!paths.some(matcher(pattern))) problems.push(`${name}: ${one} has nothing that matches ${pattern}`);
    }
    for (const [path, mode] of Object.entries(image.modes)) if (!/^[0-7]{3,4}$/.test(mode)) problems.push(`${name}: mode of ${path}: ${mode}`);
    for (const path of [...Object.keys(image.links), ...Object.keys(image.modes)]) if (path.startsWith('/')) problems.push(`${name}: ${path} starts with /`);
    for (const path of Object.keys(image.modes).filter((one) => !one.endsWith('/'))) {
      if (!existsSync(join(workspace.root, 'images', name, 'files', path))) problems.push(`${name}: a mode for ${path}, which is none of our files`);
    }
  }
  deepEqual(problems, []);
});
