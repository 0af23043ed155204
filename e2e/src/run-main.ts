// How our commands end: an error is a sentence, its causes and a hint; a wrong option exits with 2.

import { codeOf, explain, hintOf } from '@drover/core';

export function runMain(main: () => Promise<number>): void {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(`error: ${explain(error)}`);
      const hint = hintOf(error);
      if (hint !== undefined) console.error(`  hint: ${hint}`);
      process.exit(codeOf(error) === 'usage' ? 2 : 1);
    },
  );
}
