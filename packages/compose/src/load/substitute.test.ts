import { deepEqual, equal, test } from '@drover/testing';
import { substitute } from './substitute.ts';

const VALUES: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', A: 'a', _x1: 'under' };
const lookup = (name: string): string | undefined => (Object.hasOwn(VALUES, name) ? VALUES[name] : undefined);

const TABLE: readonly (readonly [string, string])[] = [
  ['no variable', 'no variable'],
  ['$SET', 'value'],
  ['${SET}', 'value'],
  ['a${SET}b$A.c', 'avalueba.c'],
  ['$_x1-', 'under-'],
  ['$$SET $${SET} $$$SET', '$SET ${SET} $value'],
  ['100$ $1 $-', '100$ $1 $-'],
  ['${NO:-d}|${NO-d}|${EMPTY:-d}|${EMPTY-d}|${SET:-d}', 'd|d|d||value'],
  ['${NO:+r}|${NO+r}|${EMPTY:+r}|${EMPTY+r}|${SET:+r}', '|||r|r'],
  ['${SET:?e}|${SET?e}|${EMPTY?e}', 'value|value|'],
  ['${NO:-${EMPTY:-${A}}}', 'a'],
  ['${NO:-a{b}c}', 'a{b}c'],
  ['${NO:-with space: and, more}', 'with space: and, more'],
  ['${NO:-a:-b}', 'a:-b'],
  ['${SET:+${A}${A}}', 'aa'],
  ['${NO-line\nbreak}', 'line\nbreak'],
];

for (const [template, expected] of TABLE) {
  test(`variables: ${JSON.stringify(template)} becomes ${JSON.stringify(expected)}`, () => {
    const { text, error } = substitute(template, lookup);
    equal(error?.message ?? text, expected);
  });
}

test('a variable without a value and without a default is told', () => {
  deepEqual(substitute('$NO ${ALSO} ${SET} ${X:-}', lookup).unset, ['NO', 'ALSO']);
});

test('a required variable says why it is required', () => {
  equal(substitute('${NO:?set it to $A}', lookup).error?.message, 'required variable NO is missing a value: set it to a');
  equal(substitute('${EMPTY:?}', lookup).error?.message, 'required variable EMPTY is missing a value');
  equal(substitute('${EMPTY?x}', lookup).error, undefined);
});

test('what only looks like a variable is an error', () => {
  for (const text of ['${', '${}', '${NO', '${ NO }', '${1}', '${NO!x}', '${NO:}', '${NO:-${X}']) equal(substitute(text, lookup).error?.code, 'bad-variable');
});
