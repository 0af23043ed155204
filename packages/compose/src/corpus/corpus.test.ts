import { renderProblem } from '@drover/core';
import { FakeFiles } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { loadProject } from '../load/load-project.ts';
import { configHash, hashedText } from '../model/config-hash.ts';
import { mapValues } from '../model/normalize.ts';
import { renderConfig } from '../model/render-config.ts';
import type { CorpusCase } from './corpus-case.ts';
import expected from './expected.json';
import { CORPUS, FOLDER, HOME } from './index.ts';
import { sha256 } from './sha-256.ts';

type Expected = Readonly<Record<string, { readonly config?: string; readonly error?: string; readonly hashes?: Readonly<Record<string, string>> }>>;

function load(one: CorpusCase): ReturnType<typeof loadProject> {
  const files = new FakeFiles(Object.fromEntries(Object.entries(one.files).map(([name, text]) => [`${FOLDER}/${name}`, text])));
  return loadProject({ files }, {
    folder: FOLDER,
    home: HOME,
    ...(one.use !== undefined && one.use.length > 0 && { files: one.use }),
    ...(one.profiles !== undefined && { profiles: one.profiles }),
    ...(one.environment !== undefined && { environment: one.environment }),
  });
}

for (const one of CORPUS) {
  test(`docker compose config prints the same: ${one.name}`, () => {
    const { project, problems } = load(one);
    const wanted = (expected as Expected)[one.name];
    equal(project === undefined ? problems.map(renderProblem).join('\n') : renderConfig(project), wanted?.config ?? `not recorded: run tools/compose-corpus.mjs\n${wanted?.error ?? ''}`);
  });
}

/** `config --hash` leaves env_file in what it hashes; `up`, which writes the labels, does not. */
const HASHED_CASES = CORPUS.filter((one) => !Object.values(one.files).some((text) => text.includes('env_file')));

for (const one of HASHED_CASES) {
  test(`services have the hashes that Docker Compose gives them: ${one.name}`, () => {
    const { project } = load(one);
    const wanted = (expected as Expected)[one.name]?.hashes ?? {};
    const actual = mapValues(project!.services, (service) => configHash({ sha256 }, service));
    for (const [name, hash] of Object.entries(wanted)) if (actual[name] !== hash) equal(hashedText(project!.services[name]!), `something else: its hash is ${hash}`);
    deepEqual(Object.keys(actual).sort(), Object.keys(wanted).sort());
  });
}
