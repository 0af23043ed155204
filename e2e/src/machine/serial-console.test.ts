import { equal, test } from '@drover/testing';
import { plainText, unfinishedSequence } from './serial-console.ts';

test('escape sequences and carriage returns are dropped', () => {
  equal(plainText('\u001b[?2004l\rbegin\r\n\u001b[1;32mok\u001b[0m\n'), 'begin\nok\n');
});

test('an escape sequence that a chunk ends in the middle of waits for the rest', () => {
  equal(unfinishedSequence('prompt \u001b[?20'), '\u001b[?20');
  equal(unfinishedSequence('prompt \u001b'), '\u001b');
  equal(unfinishedSequence('prompt \u001b[?2004l'), '');
  equal(unfinishedSequence('no sequence'), '');
});
