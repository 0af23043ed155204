// The reference page of the configuration, from the tables. Written to docs/reference/cloud-config.md by
// tools/references.mjs.

import type { KeySpec, ObjectSpec, When } from './key-spec.ts';
import { OBJECTS } from './schema.ts';

const WHEN: Readonly<Record<When, string>> = { once: 'once', boot: 'each boot', apply: 'each boot, apply', now: 'at once' };

const INTRODUCTION = `# cloud-config

<!-- Written by tools/references.mjs from the tables in packages/cloud-config/src/schema: change those. -->

Editors can check a cloud-config while it is written: [JSON Schema](cloud-config.schema.json), [how](../guide/cloud-config.md#in-an-editor).

There is one way to configure the system: cloud-config. It is YAML; the line \`#cloud-config\` on top is required for
user-data and optional in files.

## Where it is read from

Lowest first; what comes later wins. Maps are merged key by key. Lists and plain values replace the ones below; \`null\`
(or nothing behind the colon) clears them. A whole section such as \`rancher.docker\` is cleared by \`null\` only: with nothing behind its
colon it changes nothing, because its keys may just be commented out.

1. the defaults below, \`/usr/share/ros/os-config.yml\` and \`/usr/share/ros/oem/oem-config.yml\`
2. the files of \`/var/lib/rancher/conf/cloud-config.d/\`, in the order of their names; user-data counts as \`boot.yml\`
3. \`/var/lib/rancher/conf/cloud-config.yml\`
4. kernel words: \`rancher.KEY=VALUE\`, and \`cc.KEY=VALUE\` for keys of the top level; after them the words behind \`--\`
5. metadata: the host name if there is none yet; its SSH keys are added to yours

A mistake never stops the boot. A file that is not YAML is left out as a whole, a value of the wrong type only for its own
key (in a list of objects, such as \`write_files\`, for its item); an unknown key is kept and reported. Each report names the file, the line and the key.

## Values

- Text is converted to the type of its key, with or without quotes: \`"true"\` is a boolean, \`1\` is a string.
- \`yes\`, \`on\`, \`y\` and \`no\`, \`off\`, \`n\` are booleans, as in YAML 1.1; \`0755\` is octal.
- A single value where a list is expected is taken as its only item, with a warning.
- A key written with hyphens (\`write-files\`) counts as the one with underscores, with a warning.
- Of two equal keys in one map, the last counts, with a warning.
- Anchors, aliases and merge keys (\`<<\`) work. Keys in the long form (\`? KEY\`) do not.
- Limits: 512 KiB, 50,000 lines, 20,000 values, 64 levels.
- \`$private_ipv4\`, \`$public_ipv4\`, \`$private_ipv6\` and \`$public_ipv6\` stand for the addresses that metadata names, or kernel words
  (\`COREOS_PRIVATE_IPV4=10.0.0.5\`); a backslash in front keeps the text.

## Kernel words

\`rancher.debug\` alone means true. Lists are written \`[a,b]\`; quotes keep blanks together: \`rancher.state.script="modprobe md"\`.
\`rancher.autologin\` may be repeated. Where a map has names with dots, the dots are part of the name:
\`rancher.sysctl.net.ipv4.ip_forward=1\`, \`rancher.network.interfaces.eth0.100.dhcp=true\`.

## Keys

**Acts**: *once*, at *each boot*, at each boot and with \`ros config apply\` (*apply*), or *at once*; *not yet* means that this version accepts the key and does nothing with it,
*never* that it is accepted for old files only. **Since** is the release of RancherOS that had it first. A key marked 🔒 is a
secret: \`ros config export\` shows it only with \`--private\`, or never.
`;

/** How each object is reached from the top. */
const TITLES: Readonly<Record<string, string>> = {
  root: 'Top level',
  file: 'write_files[]',
  rancher: 'rancher',
  state: 'rancher.state',
  network: 'rancher.network, rancher.defaults.network',
  dns: 'rancher.network.dns',
  interface: 'rancher.network.interfaces.NAME',
  'wifi network': 'rancher.network.wifi_networks.NAME',
  'modem network': 'rancher.network.modem_networks.NAME',
  docker: 'rancher.docker, rancher.defaults.docker',
  'system docker': 'rancher.system_docker',
  ssh: 'rancher.ssh',
  'cloud-init': 'rancher.cloud_init',
  repository: 'rancher.repositories.NAME',
  'registry login': 'rancher.registry_auths.SERVER',
  upgrade: 'rancher.upgrade',
  defaults: 'rancher.defaults',
};

export function renderReference(): string {
  return [INTRODUCTION, ...Object.entries(OBJECTS).map(([name, keys]) => renderObject(TITLES[name] ?? name, keys))].join('\n');
}

function renderObject(title: string, keys: ObjectSpec): string {
  const rows = Object.entries(keys).map(([key, spec]) => `| \`${key}\`${spec.secret === undefined ? '' : ' 🔒'} | ${spec.type} | ${renderDefault(spec)} | ${renderWhen(spec)} | ${spec.since} | ${renderMeaning(spec)} |`);
  return `### ${title}\n\n| Key | Type | Default | Acts | Since | Meaning |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function renderDefault(spec: KeySpec): string {
  if (spec.default === undefined) return '';
  return `\`${typeof spec.default === 'string' ? spec.default : JSON.stringify(spec.default)}\``;
}

function renderWhen(spec: KeySpec): string {
  if (spec.ignored !== undefined) return 'never';
  return spec.works === true ? WHEN[spec.when] : `${WHEN[spec.when]}; not yet`;
}

function renderMeaning(spec: KeySpec): string {
  return `${spec.meaning}${spec.ignored === undefined ? '' : `. No effect: ${spec.ignored}`}`.replaceAll('|', '\\|');
}
