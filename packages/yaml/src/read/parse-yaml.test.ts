import { renderProblem } from '@drover/core';
import { deepEqual, equal, ok, test } from '@drover/testing';
import { placeOf, toValue } from '../tree/node.ts';
import type { Value } from '../tree/value.ts';
import { parseDocuments, parseYaml } from './parse-yaml.ts';

function parse(text: string): Value | string {
  const { root, problems } = parseYaml(text, 'f');
  return root === undefined ? problems.map(renderProblem).join('\n') : toValue(root);
}

test('block style: maps, lists, lists at the column of their key, compact items, comments, empty values', () => {
  const table: readonly (readonly [string, Value])[] = [
    ['', null],
    ['# only a comment\n', null],
    ['a: 1\nb: x\n', { a: 1, b: 'x' }],
    ['a:\n  b:\n    c: 1\n  d: 2\ne: 3', { a: { b: { c: 1 }, d: 2 }, e: 3 }],
    ['a:\n- 1\n- 2\nb: 3', { a: [1, 2], b: 3 }],
    ['a:\n  - 1\n  -\n    - 2\n  - - 3\n    - 4', { a: [1, [2], [3, 4]] }],
    ['- a: 1\n  b: 2\n- c: 3', [{ a: 1, b: 2 }, { c: 3 }]],
    ['-   a: 1\n    b: 2', [{ a: 1, b: 2 }]],
    ['a: # c\n  # d\n  b: 1 # e\n# f\nc:\nd: ~', { a: { b: 1 }, c: null, d: null }],
    ['a:\nb:\n  -\n  - x\n', { a: null, b: [null, 'x'] }],
    ['"a b": 1\n\'c: d\': 2\ne f : 3\ng:h: 4', { 'a b': 1, 'c: d': 2, 'e f': 3, 'g:h': 4 }],
    ['--- # top\na: 1\n...\n', { a: 1 }],
    ['%YAML 1.1\n---\na: 1', { a: 1 }],
    ['a: x#y\nb: x #y', { a: 'x#y', b: 'x' }],
    ['url: http://h:80/p?a=b\nimage: a/b:1.0\ntime: 22:22', { url: 'http://h:80/p?a=b', image: 'a/b:1.0', time: '22:22' }],
  ];
  for (const [text, value] of table) deepEqual(parse(text), value);
});

test('plain text over several lines is folded', () => {
  deepEqual(parse('a: one\n  two\n\n  three # c\nb: x'), { a: 'one two\nthree', b: 'x' });
  deepEqual(parse('a:\n  one\n  - two\n'), { a: 'one - two' });
});

test('quoted text keeps what plain text cannot hold', () => {
  deepEqual(parse(`a: "x\\ty\\u00e9 \\"z\\" \\\\"\nb: 'it''s: #1'\nc: ""\nd: 'true'\ne: "10"`), { a: 'x\ty\u00e9 "z" \\', b: "it's: #1", c: '', d: 'true', e: '10' });
  deepEqual(parse('a: "one\n  two\n\n  three \\\n  four"\nb: \'x\n  y\''), { a: 'one two\nthree four', b: 'x y' });
});

test('block scalars keep or fold their lines, with their end as the indicator says', () => {
  const script = '#!/bin/sh\n\nif true; then\n  echo "a: b # c"\nfi\n';
  const indented = script.replace(/^(?=.)/gm, '    ');
  deepEqual(parse(`a:\n  content: |\n${indented}  next: 1`), { a: { content: script, next: 1 } });
  const table: readonly (readonly [string, string])[] = [
    ['|\n x\n\n\n', 'x\n'], ['|-\n x\n\n', 'x'], ['|+\n x\n\n', 'x\n\n'], ['|2\n   x\n', '  x\n'.slice(1)], ['>\n a\n b\n\n c\n', 'a b\nc\n'],
    ['>\n a\n   more\n b\n', 'a\n  more\nb\n'], ['|\n \tx\n', '\tx\n'], ['| # c\n x', 'x\n'], ['|\n', ''], ['|-2\n   x', ' x'], ['>-\n\n a\n', '\na'],
  ];
  for (const [text, value] of table) deepEqual(parse(`k: ${text}`), { k: value });
});

test('flow style: lists and maps in brackets, over lines too, as in JSON', () => {
  const table: readonly (readonly [string, Value])[] = [
    ['[]', []], ['{}', {}], ['[a, "b", \'c\', 1, true,]', ['a', 'b', 'c', 1, true]], ['{a: 1, "b":2, c, d: }', { a: 1, b: 2, c: null, d: null }],
    ['[a: 1, {b: [c]}]', [{ a: 1 }, { b: ['c'] }]], ['{"a":{"b":[1,{"c":null}]}}', { a: { b: [1, { c: null }] } }],
    ['[\n  a, # c\n  b\n]', ['a', 'b']], ['k: [a,\nb\n]\nl: 1', { k: ['a', 'b'], l: 1 }], ['[url:http://h/?a=b, x y\n z]', ['url:http://h/?a=b', 'x y z']],
    ['["/dev/vdb", "/mnt/s", "ext4", ""]', ['/dev/vdb', '/mnt/s', 'ext4', '']],
  ];
  for (const [text, value] of table) deepEqual(parse(text), value);
});

test('anchors, aliases, merge keys and tags', () => {
  deepEqual(parse('a: &x {b: 1}\nc: *x\nd: [*x]'), { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] });
  deepEqual(parse('base: &x\n  b: 1\n  c: 2\nd:\n  <<: *x\n  c: 3'), { base: { b: 1, c: 2 }, d: { c: 3, b: 1 } });
  deepEqual(parse('a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}'), { a: { b: 1 }, c: { b: 2, d: 3 }, e: { b: 1, d: 3 } });
  deepEqual(parse('a: !!str 10\nb: ! 10\nc: !!int 10\nd: !!binary aGk=\n"<<": 1'), { a: '10', b: '10', c: 10, d: 'hi', '<<': 1 });
});

test('plain text is typed as Go reads YAML 1.1, and its text is kept', () => {
  deepEqual(parse('a: yes\nb: Off\nc: 0755\nd: 1_000\ne: 1.50\nf: 1e3\ng: 2026-01-01\nh: null\ni: NULL\nj: Yes please'), {
    a: true, b: false, c: 0o755, d: 1000, e: 1.5, f: 1000, g: '2026-01-01', h: null, i: null, j: 'Yes please',
  });
  const { root } = parseYaml('a: 1.50', 'f');
  const node = root?.kind === 'map' ? root.entries.get('a')?.node : undefined;
  equal(node?.kind === 'scalar' ? node.text : '', '1.50');
});

test('every value and key knows its line and column', () => {
  const { root } = parseYaml('a: 1\n\nbb:\n  - x\n  -   "y"\n', 'f');
  ok(root?.kind === 'map');
  const entry = root.entries.get('bb')!;
  deepEqual(placeOf(root.source, entry.offset), { source: 'f', line: 3, column: 1 });
  ok(entry.node.kind === 'list');
  deepEqual(entry.node.items.map((item) => placeOf(item.source, item.offset)), [{ source: 'f', line: 4, column: 5 }, { source: 'f', line: 5, column: 7 }]);
});

test('a syntax error says where it is and what to do', () => {
  const table: readonly (readonly [string, string])[] = [
    ['a: b: c', 'f:1:5: error: a second ": " on the line\n  hint: put the value in quotes'],
    ['a: b\n  c: d', 'f:2:3: error: this key is below a key that already has a value\n  hint: indent it as the keys around it, or put the value above in quotes'],
    ['a:\n  b: 1\n c: 2', 'f:3:2: error: this line does not line up with the lines above\n  hint: indent it exactly as the keys or hyphens it belongs with'],
    ['a:\n\tb: 1', 'f:2:1: error: a tab cannot indent a line\n  hint: indent with blanks'],
    ['a: 1\nb', 'f:2:1: error: expected KEY: VALUE\n  hint: a key ends in a colon and a blank'],
    ['a: 1\ndebug:true', 'f:2:1: error: expected KEY: VALUE\n  hint: put a blank behind the colon: debug: t...'],
    ['hostname = x\nrancher:\n  a: 1', 'f:1:1: error: expected KEY: VALUE\n  hint: write hostname: VALUE'],
    ['a: "x', 'f:1:4: error: this quote is never closed\n  hint: write the same quote behind the text'],
    ["a: 'x\nb: 'y'", 'f:1:4: error: this quote is not closed on its line, and the next line is not indented\n  hint: close the quote'],
    ['a: "x" y', 'f:1:8: error: text behind the closing quote\n  hint: put all of the value in quotes'],
    ['a: "x\\qy"', 'f:1:6: error: a backslash with a letter that means nothing in double quotes\n  hint: use single quotes, or write the backslash twice'],
    ['a: [1, 2\nb: 3', 'f:1:4: error: this [ is never closed\n  hint: write ] behind the last item'],
    ['a: {b: 1\nc: 2', 'f:1:4: error: this { is never closed\n  hint: write } behind the last item'],
    ['a: [1 {2}]', 'f:1:7: error: a comma is missing\n  hint: is a bracket above not closed?'],
    ['a: [1, 2}', 'f:1:9: error: expected ]\n  hint: is a bracket above not closed?'],
    ['a: @x', 'f:1:4: error: a value cannot begin with @\n  hint: put the value in quotes'],
    ['a: %x', 'f:1:4: error: a value cannot begin with %\n  hint: put the value in quotes'],
    ['password: !secret', 'f:1:17: error: a value cannot begin with !\n  hint: put the value in quotes'],
    ['a: - b', 'f:1:4: error: a list cannot begin behind its key\n  hint: begin it on the next line'],
    ['a: 1\n- b', 'f:2:1: error: a list item among the keys of a map\n  hint: indent the items below their key'],
    ['a: *x', 'f:1:4: error: there is no anchor &x above\n  hint: put a value that begins with * in quotes'],
    ['a: &x [*x]', 'f:1:8: error: there is no anchor &x above\n  hint: put a value that begins with * in quotes'],
    ['? a\n: b', 'f:1:1: error: keys in the long form (? KEY) are not supported\n  hint: write KEY: VALUE'],
    ['{[a]: b}', 'f:1:2: error: a list cannot be a key'],
    ['a: | x', 'f:1:4: error: text behind |\n  hint: begin the text on the next line'],
    ['a: x\u0007', 'f:1:5: error: the character "\\x07" cannot stand in a text\n  hint: is this a text file?'],
    ['__proto__: 1', 'f:1:1: error: __proto__ cannot be a key'],
    ['a: {<<: 1, <<: [1]}', 'f:1:17: error: << takes a map or a list of maps'],
  ];
  for (const [text, message] of table) equal(parse(text), message);
});

test('of two equal keys the last counts, and both lines are named', () => {
  const { root, problems } = parseYaml('a: 1\nb: 2\na: 3', 'f');
  deepEqual(root === undefined ? null : toValue(root), { a: 3, b: 2 });
  deepEqual(problems.map(renderProblem), ['f:3:1: warning: the key "a" stands here a second time, and the one of line 1 is not used\n  hint: put what belongs together under one of them']);
});

test('only the first of several documents is read, with a warning', () => {
  const { root, problems } = parseYaml('a: 1\n---\nb: 2\n', 'f');
  deepEqual(root === undefined ? null : toValue(root), { a: 1 });
  deepEqual(problems.map((one) => one.code), ['several-documents']);
  deepEqual(parseYaml('---\na: 1\n---\n...\n', 'f').problems, []);
});

test('the line of a syntax error is kept, but not when it may be a secret', () => {
  equal(parseYaml('hostname: a: b', 'f').problems[0]?.text, 'hostname: a: b');
  equal(parseYaml('password: a: b', 'f').problems[0]?.text, undefined);
});

test('a second colon behind a quoted value is an error too', () => {
  equal(parse('a: "b": c'), 'f:1:7: error: a second ": " on the line\n  hint: put the value in quotes');
  equal(parse('a: "b":c'), 'f:1:7: error: a blank is missing behind the colon');
  equal(parse('"a\n b": c'), 'f:2:4: error: a second ": " on the line\n  hint: put the value in quotes');
});

test('all documents of a text are read, each with its own anchors', () => {
  const read = (text: string): unknown => {
    const { documents, problems } = parseDocuments(text, 'file');
    return problems.length > 0 ? problems.map((one) => `${one.line}: ${one.message}`) : documents.map(toValue);
  };
  deepEqual(read('a: 1\n---\nb: 2\n...\n---\n- c\n'), [{ a: 1 }, { b: 2 }, ['c']]);
  deepEqual(read('--- one\n--- two\n'), ['one', 'two']);
  deepEqual(read('a: 1\n---\n'), [{ a: 1 }, null]);
  deepEqual(read(''), [null]);
  deepEqual(read('a: &x 1\n---\nb: *x\n'), ['3: there is no anchor &x above']);
});

test('tags that the caller knows stay with their nodes, and need no value', () => {
  const { root } = parseYaml('a: !reset\nb: !override [1]\nc: !other 1\nd: !reset &x {e: 1}\n', 'file', { tags: ['!reset', '!override'] });
  const tags = root?.kind === 'map' ? [...root.entries].map(([key, { node }]) => `${key} ${node.tag ?? '-'}`) : [];
  deepEqual(tags, ['a !reset', 'b !override', 'c -', 'd !reset']);
});
