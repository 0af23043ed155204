// What the words after `./dev build` and its relatives ask for. A mistake is one sentence and the code `usage`.

import { RosError } from '@drover/core';
import { PRODUCT_NAMES } from './product-names.ts';

const COMMANDS = ['build', 'update-lock', 'verify-reproducible'] as const;

export interface Command {
  readonly name: (typeof COMMANDS)[number];
  /** For `build`: at least one. */
  readonly products: readonly string[];
}

function usage(message: string, hint: string): RosError {
  return new RosError('usage', message, { hint });
}

export function parseCommand([word, ...rest]: readonly string[]): Command {
  const name = COMMANDS.find((one) => one === word);
  if (name === undefined) throw usage(word === undefined ? 'a command is missing' : `no such command: ${word}`, `commands: ${COMMANDS.join(', ')}`);
  const flag = rest.find((one) => one.startsWith('-'));
  if (flag !== undefined) throw usage(`${name} has no option ${flag}`, name === 'build' ? productsHint() : `write just: ${name}`);
  if (name !== 'build') {
    if (rest.length > 0) throw usage(`${name} takes no argument: ${rest[0]!}`, `write just: ${name}`);
    return { name, products: [] };
  }
  const unknown = rest.filter((one) => !PRODUCT_NAMES.includes(one));
  if (unknown.length > 0) throw usage(`no such product: ${unknown.join(', ')}`, productsHint());
  return { name, products: rest.length === 0 ? ['all'] : rest };
}

function productsHint(): string {
  return `products: ${PRODUCT_NAMES.join(', ')}`;
}
