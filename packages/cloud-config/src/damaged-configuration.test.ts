// A configuration with every key, damaged at random: reading, checking and typing it never throws and never takes long.

import { fail, ok, test } from '@drover/testing';
import { resolveConfiguration } from './layers/resolve-configuration.ts';
import { parseCloudConfig } from './parse-cloud-config.ts';
import { OBJECTS, shapeOf } from './schema/schema.ts';

const PARTS = ['\n', '  ', ' ', '\t', ':', ': ', '- ', '#', '[', ']', '{', '}', '"', "'", ',', '&a ', '*a', '|', '>', '!!str ', '---\n', '\\', '\u0000', '\ufffd', '~', '1', '<<: ', 'null', '__proto__: 1\n', '\r\n', '%', '@'];

function write(type: string, indent: string): string {
  const shape = shapeOf(type);
  if (shape.is === 'list') return `\n${indent}- ${write(shape.of, `${indent}  `).trimStart()}`;
  if (shape.is === 'map' || shape.is === 'service') return `\n${indent}name: ${write(shape.is === 'map' ? shape.of : 'string', `${indent}  `)}`;
  if (shape.is === 'mount') return '[/dev/vdb, /mnt, auto, ""]';
  if (shape.is !== 'object') return type === 'boolean' ? 'yes' : type === 'integer' ? '10' : '"x y"';
  return Object.entries(shape.keys).map(([key, spec]) => `\n${indent}${key}: ${write(spec.type, `${indent}  `)}`).join('');
}

test('no damage to a configuration makes its reader throw or hang', () => {
  // One object at a time, so that the damage hits something.
  const texts = Object.keys(OBJECTS).map((name) => write(name === 'root' ? 'state' : name, name === 'root' ? '' : '  ')).map((text, i) => (i === 0 ? text.slice(1) : `rancher:${text}\n`));
  let state = 1;
  const roll = (sides: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * sides);
  };
  const started = Date.now();
  for (let i = 0; i < 400; i += 1) {
    let text = texts[i % texts.length]!;
    for (let cuts = 1 + roll(4); cuts > 0; cuts -= 1) {
      const at = roll(text.length);
      text = text.slice(0, at) + PARTS[roll(PARTS.length)]! + text.slice(at + roll(3));
    }
    try {
      resolveConfiguration([parseCloudConfig(text, 'damaged')], { source: 'm', hostname: text.slice(0, 20), sshPublicKeys: { a: text } });
    } catch (error) {
      fail(`${String(error)} from\n${text}`);
    }
  }
  ok(Date.now() - started < 20_000, 'too slow');
});

test('sixty levels are read on the stack that there is', () => {
  const block = Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}&a${i} a:`).join('\n');
  const flow = `a: ${'[{b: '.repeat(30)}1${'}]'.repeat(30)}`;
  const list = `${'- '.repeat(60)}a`;
  for (const text of [`${block} 1`, flow, `a:\n ${list}`]) {
    const { problems } = resolveConfiguration([parseCloudConfig(text, 'deep')]);
    ok(problems.every((one) => one.severity === 'warning'), JSON.stringify(problems));
  }
});
