// A program that only fails, in a chunk that is loaded later: see stack-traces.test.ts.

async function startMachine(): Promise<void> {
  const { Machine } = await import('./machine.ts');
  await new Machine().start('on purpose');
}

void startMachine();
