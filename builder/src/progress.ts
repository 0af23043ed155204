// What the builder tells its user: one line a step, with the time it took.

import { formatMs } from '@drover/core';

export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const live = process.stderr.isTTY;
  const show = (text: string): void => void process.stderr.write(live ? `\r\x1b[2K${text}` : text);
  if (live) show(`  .. ${title}`);
  else process.stderr.write(`  .. ${title}\n`);
  const ticker = live ? setInterval(() => show(`  .. ${title} (${formatMs(Date.now() - started)})`), 1000) : undefined;
  try {
    const result = await work();
    clearInterval(ticker);
    show(`  ok ${title} (${formatMs(Date.now() - started)})\n`);
    return result;
  } catch (error) {
    clearInterval(ticker);
    show(`  FAILED ${title}\n`);
    throw error;
  }
}
