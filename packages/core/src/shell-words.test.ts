import { deepEqual, equal, test } from '@drover/testing';
import { quoteWord, splitWords } from './shell-words.ts';

test('words are split as a shell splits them', () => {
  const table: Readonly<Record<string, string[] | undefined>> = {
    'a b  c': ['a', 'b', 'c'],
    "a 'b c' d": ['a', 'b c', 'd'],
    'a"b c"d': ['ab cd'],
    '"" x': ['', 'x'],
    'a\\ b': ['a b'],
    '"a\\"b" \'c\\d\'': ['a"b', 'c\\d'],
    '  ': [],
    "it's": undefined,
  };
  for (const [text, expected] of Object.entries(table)) deepEqual(splitWords(text), expected);
});

test('a quoted word comes back as itself', () => {
  for (const word of ['plain', 'two words', "it's", '', '$x `y`']) deepEqual(splitWords(quoteWord(word)), [word]);
  equal(quoteWord('/usr/bin/x-1.0'), '/usr/bin/x-1.0');
});
