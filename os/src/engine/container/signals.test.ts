import { equal, test } from '@drover/testing';
import { parseSignal } from './signals.ts';

test('signals are known by name, with or without SIG, by number, and in the real-time range', () => {
  const cases: Readonly<Record<string, number | undefined>> = {
    SIGTERM: 15, term: 15, sigkill: 9, '15': 15, 'SIGRTMIN+3': 37, 'RTMAX-1': 63, SIGPWR: 30, '0': undefined, '65': undefined, SIGNONE: undefined, '': undefined, 'TERM+1': undefined,
  };
  for (const [text, number] of Object.entries(cases)) equal(parseSignal(text), number);
});
