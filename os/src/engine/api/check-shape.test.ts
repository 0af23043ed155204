import { equal, rejects, test } from '@drover/testing';
import { checkShape } from './check-shape.ts';
import type { Shape } from './check-shape.ts';

const SHAPE: Shape = { fields: { Name: 'string', Cmd: 'words', Tty: 'bool', Env: { list: 'string' }, Labels: { map: 'string' }, Host: { fields: { Memory: 'number' } } } };

test('a body of the right types, with nulls and unknown fields, is accepted', () => {
  for (const body of [{}, { Name: null, Cmd: 'x', Other: 7 }, { Name: 'x', Cmd: ['a'], Tty: true, Env: [], Labels: { a: 'b' }, Host: { Memory: 1, More: [] } }]) checkShape(body, SHAPE, 'Config');
});

test("a wrong type is refused in the words of Go's decoder, with its place", async () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ['x', 'string into Go struct field Config of type struct'],
    [{ Name: 7 }, 'number into Go struct field Config.Name of type string'],
    [{ Cmd: [7] }, 'array into Go struct field Config.Cmd of type strslice.StrSlice'],
    [{ Tty: 'yes' }, 'string into Go struct field Config.Tty of type bool'],
    [{ Env: 'A=b' }, 'string into Go struct field Config.Env of type []string'],
    [{ Env: [null] }, 'array into Go struct field Config.Env of type []string'],
    [{ Env: [true] }, 'bool into Go struct field Config.Env of type string'],
    [{ Labels: { a: 7 } }, 'number into Go struct field Config.Labels.a of type string'],
    [{ Host: { Memory: 'much' } }, 'string into Go struct field Config.Host.Memory of type int64'],
  ];
  for (const [body, text] of cases) equal((await rejects(() => checkShape(body, SHAPE, 'Config'), 'invalid-parameter')).message, `json: cannot unmarshal ${text}`);
});
