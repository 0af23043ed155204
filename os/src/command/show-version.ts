// `ros os version`

import { VERSION } from '../version.ts';
import type { CommandContext } from './command.ts';

export async function run({ out }: Pick<CommandContext, 'out'>): Promise<number> {
  out(`v${VERSION}\n`);
  return 0;
}
