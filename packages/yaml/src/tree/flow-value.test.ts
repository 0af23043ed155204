import { deepEqual, equal, test } from '@drover/testing';
import { parseFlowValue } from './flow-value.ts';
import { toValue } from './node.ts';
import type { Value } from './value.ts';
import { parseBoolean, parseInteger, resolvePlain } from './value.ts';

test('a value on one line gets the type that RancherOS gives it', () => {
  const table: readonly (readonly [string, Value])[] = [
    ['10', 10], ['-3', -3], ['0755', 0o755], ['1.5', 1.5], ['1.10.3', '1.10.3'], ['true', true], ['yes', true], ['Off', false], ['n', false],
    ['ab', 'ab'], ['a,b', 'a,b'], ['a:b', 'a:b'], ['a: b', 'a: b'], ['a\nb', 'a\nb'], ['a b', 'a b'],
    ['', null], ['~', null], ['null', null], ['"null"', 'null'], ['"10"', '10'], ["'true'", 'true'],
    ["'x'", 'x'], ["'it''s'", "it's"], ['"a\\nb"', 'a\nb'], ['"\\x41\\u00e9\\U0001f433"', 'A\u00e9\u{1f433}'],
    ['[]', []], ['[a,b]', ['a', 'b']], ['["a","b"]', ['a', 'b']], ["['x','y z']", ['x', 'y z']], ['[a,10,true]', ['a', 10, true]],
    ['[a,10]', ['a', 10]], ['[" a, "," ,b "]', [' a, ', ' ,b ']], ['[1,2]', [1, 2]], ['[ a , b, ]', ['a', 'b']],
    ['["a\nb","c"]', ['a\nb', 'c']],
    ['[url:http://h/cloud-config?a=b]', ['url:http://h/cloud-config?a=b']],
    ['["url:http://h/cloud-config?a=b"]', ['url:http://h/cloud-config?a=b']],
    ["['part1 part2',part3]", ['part1 part2', 'part3']],
    ['[["/dev/vdb","/mnt/s","ext4",""]]', [['/dev/vdb', '/mnt/s', 'ext4', '']]],
    ['a #comment', 'a'], ['a#b', 'a#b'],
  ];
  for (const [text, value] of table) deepEqual(toValue(parseFlowValue(text, { name: 'test' })), value);
});

test('what is neither a list nor quoted text is taken as it is', () => {
  for (const text of ['[a', '[a]b', '[a,,b]', '"a', "'a'b", '"\\q"', '*a', '&a', '!a', '#a', '@a', '%a', '|', '- a', '{a: b}', '[['.repeat(5000)]) {
    equal(toValue(parseFlowValue(text, { name: 'test' })), text);
  }
});

test('the text of a value is kept beside its type', () => {
  const node = parseFlowValue('0755', { name: 'test' });
  equal(node.kind === 'scalar' && node.text, '0755');
});

test('booleans and numbers follow YAML 1.1 as Go reads it', () => {
  deepEqual(['YES', 'y', 'On', 'TRUE', 'No', 'OFF', 'maybe', '1', ''].map(parseBoolean), [true, true, true, true, false, false, undefined, undefined, undefined]);
  deepEqual(['0', '00', '+7', '0x1F', '0b101', '0o17', '017', '1_000', '08', '1.0', '', '12345678901234567890', '-0'].map(parseInteger), [0, 0, 7, 31, 5, 15, 15, 1000, undefined, undefined, undefined, undefined, 0]);
  deepEqual(['1e3', '.5', '12345678901234567890', '22:22', '2026-01-01', '.inf', '1e999', '0.10'].map(resolvePlain), [1000, 0.5, '12345678901234567890', '22:22', '2026-01-01', '.inf', '1e999', 0.1]);
});
