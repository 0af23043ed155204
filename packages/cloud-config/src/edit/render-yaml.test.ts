import { parseYaml } from '@drover/yaml/read';
import type { Value } from '@drover/yaml';
import { toValue } from '@drover/yaml';
import { deepEqual, equal, test } from '@drover/testing';
import { renderYaml } from './render-yaml.ts';

test('maps have sorted keys, lists stand at the depth of their key, empty ones are on one line', () => {
  equal(
    renderYaml({ ssh_authorized_keys: ['ssh-ed25519 AAAA me@host'], rancher: { sysctl: {}, network: { dns: { nameservers: ['8.8.8.8', '::1'] } }, modules: [] }, hostname: 'web1' }),
    `hostname: web1
rancher:
  modules: []
  network:
    dns:
      nameservers:
      - 8.8.8.8
      - "::1"
  sysctl: {}
ssh_authorized_keys:
- ssh-ed25519 AAAA me@host
`,
  );
  equal(renderYaml({ mounts: [['/dev/vdb', '/mnt/s', 'ext4', '']], write_files: [{ path: '/x', content: 'a\nb\n' }] }), `mounts:
- - /dev/vdb
  - /mnt/s
  - ext4
  - ""
write_files:
- content: |
    a
    b
  path: /x
`);
});

test('whatever is written is read as the same value', () => {
  const texts = [
    '', ' ', 'a', 'true', 'no', 'null', '~', '12', '0755', '1e3', '12:30', '2026-11-22', 'a: b', 'a #b', '#a', '- a', '? a', '*a', '&a', '!a', '@a', '`a', '%a', '[a', '{a', 'a]', '"', "'", 'a:',
    'a ', ' a', 'a\nb', 'a\nb\n', 'a\n\nb\n', 'a\n\n', '\na', ' a\nb', 'a\n b\n', 'a \nb', 'tab\there', 'tab\t\nb', 'ünï', '\u0007', 'a\u2028b', '-----BEGIN KEY-----\nMII=\n-----END KEY-----\n', '|', '>', '---', '--debug', '-x', '-1', '...', '=', '<<', '$(x)', 'a,b',
  ];
  for (const text of texts) {
    const value: Value = { key: text, list: [text], map: { [text]: text } };
    const { root, problems } = parseYaml(renderYaml(value), 'f');
    deepEqual([toValue(root!), problems.length], [value, 0]);
  }
});

test('numbers, flags and nothing keep their types', () => {
  const value: Value = { a: [1, -2.5, true, false, null], b: { c: null } };
  deepEqual(toValue(parseYaml(renderYaml(value), 'f').root!), value);
});
