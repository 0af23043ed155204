import type { CorpusCase } from './corpus-case.ts';
import { FILE_CASES } from './file-cases.ts';
import { SERVICE_CASES } from './service-cases.ts';

/** Where the projects were for Docker Compose: the hashes are of absolute paths, too. */
export const FOLDER = '/tmp/drover-compose-corpus/project';
export const HOME = '/home/user';

export const CORPUS: readonly CorpusCase[] = [...SERVICE_CASES, ...FILE_CASES];
