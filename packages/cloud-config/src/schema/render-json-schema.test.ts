import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { deepEqual, equal, ok, test } from '@drover/testing';
import { parseCloudConfig } from '../parse-cloud-config.ts';
import { renderJsonSchema } from './render-json-schema.ts';
import { brokenSamples, sampleOf, SSH_KEY } from './samples.ts';
import { OBJECTS } from './schema.ts';

const schema = JSON.parse(renderJsonSchema()) as Record<string, unknown>;
let compiled: ValidateFunction | undefined;

/** What the validator of an editor says about a value: nothing, or the places and reasons. */
function complaints(value: unknown): string[] {
  compiled ??= new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(schema);
  return compiled(value) ? [] : (compiled.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

test('the JSON Schema describes every key, and takes a value with all of them', () => {
  deepEqual(complaints(sampleOf('root')), []);
  const text = JSON.stringify(schema);
  for (const [name, keys] of Object.entries(OBJECTS)) {
    for (const [key, spec] of Object.entries(keys)) ok(text.includes(`${JSON.stringify(key)}:{"description":${JSON.stringify(spec.meaning).slice(0, -1)}`), `${name}.${key}`);
  }
});

test('the JSON Schema refuses a value of another kind at every key', () => {
  let count = 0;
  for (const { path, value } of brokenSamples(sampleOf('root'), 'root')) {
    count += 1;
    ok(complaints(value).length > 0, path);
  }
  ok(count > 180, `only ${count} keys`);
});

const FILES: readonly (readonly [text: string, good: boolean])[] = [
  ['', true],
  ['{}', true],
  ['rancher: {log: true}', true],
  ['write_files: [{container: ntp, path: /test, permissions: 0644, content: "x"}]', true],
  ['rancher: {docker: {extra_args: [--insecure-registry, "host:5000"], live_restore: null}}', true],
  ['bad_key: {}', false],
  ['rancher: []', false],
  ['rancher: {bad_key: 1}', false],
  ['hostname: box.example.org', true],
  ['hostname: 12', true],
  ['hostname: "a b"', false],
  ['hostname: -a', false],
  [`ssh_authorized_keys: ["${SSH_KEY} me"]`, true],
  [`ssh_authorized_keys: ["${SSH_KEY}", "${SSH_KEY}"]`, false],
  ['ssh_authorized_keys: [hello]', false],
  [`ssh_authorized_keys: ${SSH_KEY}`, false],
  ['mounts: [[/dev/vdb, /mnt/s, ext4, ""]]', true],
  ['mounts: [[/dev/vdb]]', false],
  ['runcmd: [ls, [touch, /a b], []]', true],
  ['runcmd: [{a: b}]', false],
  ['rancher: {debug: "yes", shutdown_timeout: "0x10"}', true],
  ['rancher: {debug: maybe}', false],
  ['rancher: {shutdown_timeout: soon}', false],
  ['rancher: {password: 123, sysctl: {kernel.pid_max: 4000, x: true}}', true],
  ['rancher: {sysctl: {x: [1]}}', false],
  ['rancher: {autologin: tty1}', true],
  ['rancher: {autologin: [tty1, /dev/ttyS0]}', true],
  ['rancher: {autologin: ["true"]}', false],
  ['rancher: {state: {dev: label=X}}', false],
  ['rancher: {state: {autoformat: [sda]}}', false],
  ['rancher: {network: {interfaces: {eth*: {dhcp: true}, "mac=aa:bb:cc:dd:ee:ff": {mtu: 1400}}}}', true],
  ['rancher: {network: {interfaces: {eth0: {adress: 1.2.3.4/24}}}}', false],
  ['rancher: {services: {web: {image: nginx, labels: [a]}}, services_include: {ntp: off}}', true],
  ['rancher: {services_include: [ntp]}', false],
  ['rancher: {registry_auths: {hub: {auth: dTpw}}, repositories: {core: {url: "http://h"}}}', true],
];

test('an editor with the JSON Schema and the loader agree about which files are good', () => {
  for (const [text, good] of FILES) {
    const problems = parseCloudConfig(text, 'f').problems.filter((one) => one.code !== 'not-yet');
    equal(`${text}: loader ${problems.length === 0}`, `${text}: loader ${good}`);
    // YAML 1.2, as editors read it.
    equal(`${text}: editor ${complaints(parse(text)).length === 0}`, `${text}: editor ${good}`);
  }
});

test('secrets are marked as such, and keys without effect as deprecated', () => {
  const properties = (schema['definitions'] as Record<string, { properties: Record<string, Record<string, unknown>> }>)['rancher']!.properties;
  deepEqual([properties['password']!['writeOnly'], properties['rm_usr']!['deprecated'], properties['debug']!['deprecated']], [true, true, undefined]);
});
