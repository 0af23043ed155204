import { deepEqual, equal, test } from '@drover/testing';
import { parseEnvFile } from './parse-env-file.ts';

const read = (text: string): Record<string, string> | string => {
  const { values, error } = parseEnvFile(text, (name) => (name === 'OUT' ? 'outside' : undefined));
  return error === undefined ? Object.fromEntries(values) : `${error.line}: ${error.message}`;
};

const TABLE: readonly (readonly [string, string, Record<string, string> | string])[] = [
  ['plain lines', 'A=1\nB = two words \n\n# no\nC=\n', { A: '1', B: 'two words', C: '' }],
  ['a comment needs a blank before it', 'A=a#b\nB=a #b\n#C=1', { A: 'a#b', B: 'a' }],
  ['export, and colons as in YAML', 'export A=1\nB: 2\n', { A: '1', B: '2' }],
  ['single quotes keep everything', "A='$OUT \\n # x'\n", { A: '$OUT \\n # x' }],
  ['double quotes know escapes and variables', 'A="$OUT\\t\\"q\\" \\$OUT"\n', { A: 'outside\t"q" $OUT' }],
  ['quotes go over lines', 'A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
  ['variables of the file and from outside', 'A=1\nB=${A}x${OUT}${NO:-d}', { A: '1', B: '1xoutsided' }],
  ['a name alone takes the value from outside', 'OUT\nGONE\nA=1', { OUT: 'outside', A: '1' }],
  ['line ends of Windows and a mark at the start', '\ufeffA=1\r\nB="2"\r\n', { A: '1', B: '2' }],
  ['an open quote is told with its line', 'A=1\nB="x\n', '2: unterminated quoted value "x'],
  ['a name cannot have every character', 'A=1\n\nB!=2\n', '3: unexpected character "!" in variable name "B!=2"'],
  ['a name cannot have blanks', 'A B=2\n', '1: key cannot contain a space'],
];

for (const [title, text, expected] of TABLE) test(`env files: ${title}`, () => deepEqual(read(text), expected));

test('env files: an empty one has nothing', () => equal(JSON.stringify(read('')), '{}'));
