// The loop of the fuzzer of archives; tools/fuzz.mjs starts it under the sanitizers, and watches. It must not do more
// than end every input in success or in an error with a code: damage to memory ends the program.

import { codeOf } from '@drover/core';
import { insideRoot, withDescriptor } from '../test-folder.ts';
import { inputOf } from './archive-inputs.ts';

export interface Finding {
  readonly what: string;
}

/** Undefined when all holds. */
export async function examine({ bytes }: { readonly bytes: Uint8Array }): Promise<Finding | undefined> {
  let finding: Finding | undefined;
  await insideRoot((host) => {
    host.files.write('/archive', bytes);
    host.files.makeDirectory('/content');
    try {
      withDescriptor(host, '/archive', 'read', (input) => withDescriptor(host, '/journal', 'write', (journal) => host.archives.unpack(input, '/content', { layer: true, journal })));
    } catch (error) {
      if (!/^E[A-Z0-9]+$/.test(codeOf(error) ?? '')) finding = { what: String(error) };
    }
  });
  return finding;
}

/** Until the deadline (as Date.now() counts) or the first finding. `announce` hears of each number before its input is examined. */
export async function fuzz(seed: number, deadlineMs: number, announce: (number: number) => void): Promise<Finding | undefined> {
  for (let number = 0; ; number += 1) {
    announce(number);
    const finding = await examine(inputOf(seed, number));
    if (finding !== undefined || Date.now() >= deadlineMs) return finding;
  }
}
