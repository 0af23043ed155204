import { equal, ok, test } from '@drover/testing';
import { parseCloudConfig } from './parse-cloud-config.ts';
import { TEXT_LIMIT_BYTES } from './text/decode-text.ts';

const LIMIT_MS = 3000; // on a busy machine; what it guards against takes minutes

/** The best of three, because other programs run on the machine too. */
function fastest(text: string): { readonly ms: number; readonly code: string } {
  let ms = Infinity;
  let code = '';
  for (let i = 0; i < 3 && ms > LIMIT_MS; i += 1) {
    const start = Date.now();
    code = parseCloudConfig(text, 'hostile').problems[0]?.code ?? '';
    ms = Math.min(ms, Date.now() - start);
  }
  return { ms, code };
}

/** As much of it as fits. */
function fill(part: string, before = '', after = ''): string {
  return before + part.repeat(Math.floor((TEXT_LIMIT_BYTES - before.length - after.length) / part.length)) + after;
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}

const BOMB = `a0: &a0 [${'x,'.repeat(9)}]\n${lines(40, (i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 9 }, () => `*a${i}`).join(',')}]`)}`;
const MERGE_BOMB = `a0: &a0 {x: 1}\n${lines(40, (i) => `a${i + 1}: &a${i + 1} {<<: [${Array.from({ length: 9 }, () => `*a${i}`).join(',')}], y${i}: 1}`)}`;

const HOSTILE: readonly (readonly [name: string, text: string, code: string])[] = [
  ['an alias bomb', BOMB, 'too-many-values'],
  ['a bomb of merge keys', MERGE_BOMB, 'too-many-values'],
  ['a chain of aliases', `a0: &a0 [x]\n${lines(5000, (i) => `a${i + 1}: &a${i + 1} [*a${i}]`)}`, 'too-deep'],
  ['10,000 brackets', '['.repeat(10_000), 'too-deep'],
  ['10,000 braces', '{a: '.repeat(10_000), 'too-deep'],
  ['10,000 hyphens', '- '.repeat(10_000), 'too-deep'],
  ['1,000 levels of indentation', lines(1000, (i) => `${' '.repeat(i)}a:`), 'too-deep'],
  ['5 MB of text', `a: ${'x'.repeat(5_000_000)}`, 'too-large'],
  ['plain text of the largest size', fill('x', 'hostname: '), 'bad-value'],
  ['blanks of the largest size', fill(' ', 'hostname: x', 'x'), 'bad-value'],
  ['tabs of the largest size', fill('\t', 'hostname:'), ''],
  ['escapes of the largest size', fill('\\n', 'hostname: "a', 'b"'), 'bad-value'],
  ['escaped quotes of the largest size', fill('\\"', 'hostname: "', '"'), 'bad-value'],
  ['backslashes of the largest size', fill('\\\\', 'hostname: "', '"'), 'bad-value'],
  ['single quotes of the largest size', fill("''", "hostname: '", "'"), 'bad-value'],
  ['colons of the largest size', fill('x:', 'hostname: ', 'x'), 'bad-value'],
  ['hashes of the largest size', fill('#x', 'hostname: x'), 'bad-value'],
  ['a key of the largest size', fill('k', '', ': 1'), 'unknown-key'],
  ['an SSH key of the largest size', fill('ssh-rsa ', 'ssh_authorized_keys: ["', '"]'), 'doubtful-value'],
  ['200,000 lines', 'a: b\n'.repeat(104_000), 'too-large'],
  ['lines of a block scalar', `hostname: |\n${' x\n'.repeat(49_000)}`, 'bad-value'],
  ['lines of a folded scalar', `hostname: >\n${' x\n'.repeat(49_000)}`, 'bad-value'],
  ['lines of plain text', `hostname:\n${' x\n'.repeat(49_000)}`, 'bad-value'],
  ['lines of quoted text', `hostname: "\n${' x\n'.repeat(49_000)} "`, 'bad-value'],
  ['lines of plain text in brackets', `hostname: [\n${'x\n'.repeat(49_000)}]`, 'wrong-type'],
  ['lines of SSH keys in one item', `ssh_authorized_keys:\n- |\n${' x\n'.repeat(49_000)}`, 'doubtful-value'],
  ['comments', '#\n'.repeat(49_999), ''],
  ['unknown keys', lines(19_000, (i) => `hostnam${i}: 1`), 'unknown-key'],
  ['equal keys', 'hostname: a\n'.repeat(19_000), 'duplicate-key'],
  ['list items', fill('- a\n'), 'too-large'],
  ['items in brackets', fill('a,', '[', ']'), 'too-many-values'],
  ['anchors', lines(19_000, (i) => `- &a${i} x`), 'not-cloud-config'],
  ['open quotes', '"a\n'.repeat(49_000), 'yaml-syntax'],
  ['open single quotes', "a: 'b\n".repeat(49_000), 'yaml-syntax'],
  ['empty services', `rancher: {services: {${lines(9000, (i) => `s${i}: {},`)}}}`, 'not-yet'],
  ['binary garbage', Array.from({ length: 100_000 }, (_, i) => String.fromCharCode((i * 7919) % 256)).join(''), 'crlf'],
];

test('no text takes more than a second or throws, whatever is in it', () => {
  for (const [name, text, code] of HOSTILE) {
    const got = fastest(text);
    equal(`${name}: ${got.code}`, `${name}: ${code}`);
    ok(got.ms <= LIMIT_MS, `${name} took ${got.ms} ms`);
  }
});
