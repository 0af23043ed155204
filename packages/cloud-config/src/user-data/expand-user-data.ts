// User-data as it was given -> what is in it: gzip unpacked, MIME taken apart, includes fetched. INVARIANT: whatever the
// user-data says, the work is bounded, in depth, in parts and in bytes.

import { codeOf, decodeUtf8, explain, gunzip, quoteText } from '@drover/core';
import type { ConfigProblem, ProblemCode } from '../problem.ts';
import { TEXT_LIMIT_BYTES } from '../text/decode-text.ts';
import { classifyUserData } from './classify-user-data.ts';
import type { UserData, UserDataKind } from './classify-user-data.ts';
import { PART_LIMIT, parseMultipart } from './parse-multipart.ts';

export interface ExpandedUserData {
  /** In their order: only cloud-config, script and compose. */
  readonly parts: readonly UserData[];
  readonly problems: readonly ConfigProblem[];
  /** There are includes, and no way to fetch them was given: expand it again when there is one. */
  readonly needsNetwork: boolean;
}

/** The body of a URL. What it throws is reported; the other parts are used. */
export type FetchInclude = (url: string) => Promise<Uint8Array>;

const DEPTH_LIMIT = 5;
const INCLUDE_LIMIT = 32;
const INCLUDE_LIST_BYTES = 64 << 10;
const PROBLEM_LIMIT = 50;

export async function expandUserData(bytes: Uint8Array, source: string, fetch?: FetchInclude): Promise<ExpandedUserData> {
  const expansion = new Expansion(fetch);
  await expansion.add(bytes, source, 0);
  const { parts, problems, needsNetwork } = expansion;
  return { parts, problems: limitProblems(problems, source), needsNetwork };
}

/** Kinds that a part's type says; by its first line otherwise. */
const KIND_BY_TYPE: Readonly<Record<string, UserDataKind>> = {
  'text/cloud-config': 'cloud-config',
  'text/x-shellscript': 'script',
  'text/x-include-url': 'include',
  'text/x-include-once-url': 'include',
};

/** What cloud-init runs and this system does not. */
const REFUSED_TYPES = /^text\/(cloud-boothook|part-handler|upstart-job|jinja2|cloud-config-archive|cloud-config-jsonp|x-shellscript-per-(boot|instance|once))$/;

class Expansion {
  readonly parts: UserData[] = [];
  readonly problems: ConfigProblem[] = [];
  needsNetwork = false;
  private readonly fetch: FetchInclude | undefined;
  private includes = 0;
  private seen = 0;

  constructor(fetch: FetchInclude | undefined) {
    this.fetch = fetch;
  }

  async add(bytes: Uint8Array, source: string, depth: number, told?: UserDataKind): Promise<void> {
    if (depth > DEPTH_LIMIT) return this.refuse('too-deep', `more than ${DEPTH_LIMIT} levels of user-data within user-data: the rest is left out`, source, 'put the parts beside each other');
    this.seen += 1;
    if (this.seen > PART_LIMIT * 2) return this.seen === PART_LIMIT * 2 + 1 ? this.refuse('too-large', 'too many parts: the rest is left out', source, 'put the parts into one cloud-config') : undefined;
    const classified = classifyUserData(bytes, source);
    const kind = told !== undefined && classified.userData.kind !== 'gzip' ? told : classified.userData.kind;
    switch (kind) {
      case 'gzip':
        return this.addPacked(bytes, source, depth, told);
      case 'multipart':
        return this.addParts(bytes, source, depth);
      case 'include':
        return this.addIncludes(bytes, source, depth);
      case 'cloud-config':
      case 'script':
      case 'compose':
        if (this.parts.reduce((sum, part) => sum + part.bytes.length, bytes.length) > 2 * TEXT_LIMIT_BYTES) return this.refuse('too-large', `all parts together are larger than ${(2 * TEXT_LIMIT_BYTES) >> 10} KiB: this one is left out`, source, 'fetch large files with runcmd');
        this.parts.push({ kind, source, bytes });
        return;
      case 'empty':
        return;
      case 'unknown':
        this.problems.push(...classified.problems);
    }
  }

  private async addPacked(bytes: Uint8Array, source: string, depth: number, told: UserDataKind | undefined): Promise<void> {
    try {
      await this.add(gunzip(bytes, TEXT_LIMIT_BYTES), source, depth + 1, told);
    } catch (error) {
      const isLarge = codeOf(error) === 'too-large';
      this.refuse(isLarge ? 'too-large' : 'not-text', explain(error), source, isLarge ? 'keep the user-data small and fetch the rest' : 'pack it again with gzip');
    }
  }

  private async addParts(bytes: Uint8Array, source: string, depth: number): Promise<void> {
    const multipart = parseMultipart(bytes);
    if (multipart === undefined) return this.refuse('unrecognized-user-data', 'a multipart text without a boundary', source, 'name it in the Content-Type of the first lines');
    for (const complaint of multipart.complaints) this.refuse('unrecognized-user-data', plain(complaint), source);
    for (const { type, name, bytes: content } of multipart.parts) {
      const place = `${source}, ${plain(name)}`;
      if (REFUSED_TYPES.test(type)) this.refuse('unsupported-user-data', `a part of the type ${type} is left out`, place, 'give it as text/cloud-config or text/x-shellscript');
      else await this.add(content, place, depth + 1, type.startsWith('multipart/') ? 'multipart' : Object.hasOwn(KIND_BY_TYPE, type) ? KIND_BY_TYPE[type] : undefined);
    }
  }

  /** A URL a line; `#` begins a comment. */
  private async addIncludes(bytes: Uint8Array, source: string, depth: number): Promise<void> {
    if (bytes.length > INCLUDE_LIST_BYTES) return this.refuse('too-large', `a list of includes larger than ${INCLUDE_LIST_BYTES >> 10} KiB is left out`, source, 'put them into one file');
    const written = decodeUtf8(bytes).replaceAll('\r', '\n').split('\n').map((line) => line.trim()).filter((line) => line !== '');
    const lines = written.map((line) => (line.startsWith('#') ? line.replace(/^#include(-once)?\s*/, '') : line));
    for (const url of lines.filter((line) => line !== '' && !line.startsWith('#'))) {
      if (this.includes >= INCLUDE_LIMIT) return this.refuse('too-large', `more than ${INCLUDE_LIMIT} includes: the rest is left out`, source, 'put them into one file');
      this.includes += 1;
      if (!/^https?:\/\/[^\s]+$/.test(url) || url.length > 2000) {
        this.refuse('bad-value', `${quoteText(url)} is no address that can be included`, source, 'begin it with http:// or https://');
      } else if (this.fetch === undefined) {
        this.needsNetwork = true;
      } else {
        await this.addInclude(url, source, depth, this.fetch);
      }
    }
  }

  private async addInclude(url: string, source: string, depth: number, fetch: FetchInclude): Promise<void> {
    let content: Uint8Array;
    try {
      content = await fetch(url);
    } catch (error) {
      return this.refuse('unreadable', `including ${plain(url)} failed: ${explain(error)}`, source, 'the other parts are used');
    }
    await this.add(content, plain(url), depth + 1);
  }

  private refuse(code: ProblemCode, message: string, source: string, hint?: string): void {
    this.problems.push({ code, severity: 'error', message, source, ...(hint !== undefined && { hint }) });
  }
}

/** A text with more mistakes than this was not meant to be user-data. */
function limitProblems(problems: readonly ConfigProblem[], source: string): readonly ConfigProblem[] {
  if (problems.length <= PROBLEM_LIMIT) return problems;
  return [...problems.slice(0, PROBLEM_LIMIT), { code: 'more-problems', severity: 'error', message: `there are ${problems.length - PROBLEM_LIMIT} more problems`, source }];
}

/** On one line, nothing a terminal would act on, cut short. */
function plain(text: string): string {
  const line = text.slice(0, 200).replace(/[^ -~\u00a0-\uffff]/g, '?');
  return line.length < 120 ? line : `${line.slice(0, 117)}...`;
}
