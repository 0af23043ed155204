// How long a large cloud-config takes: read as YAML alone, and read, checked, merged and typed. For a test, and for `./dev bench`.

import { parseYaml } from '@drover/yaml/read';
import { resolveConfiguration } from '../layers/resolve-configuration.ts';
import { parseCloudConfig } from '../parse-cloud-config.ts';

export interface Speed {
  readonly yamlMs: number;
  readonly wholeMs: number;
}

/** As people write them: services, files with content, interfaces, lists, comments. Of exactly so many lines. */
export function makeLargeConfiguration(lines: number): string {
  const out = ['#cloud-config', 'hostname: large', 'write_files:'];
  const third = Math.floor(lines / 3);
  for (let i = 0; out.length < third; i += 1) {
    out.push(`  - path: /etc/app/file-${i}.conf`, `    permissions: '0644'`, '    owner: root:docker', '    content: |');
    for (let j = 0; j < 6; j += 1) out.push(`      setting_${j} = "value ${i}.${j}"   # kept`);
  }
  out.push('rancher:', '  services:');
  for (let i = 0; out.length < 2 * third; i += 1) {
    out.push(`    service-${i}:`, `      image: registry.example.org/team/image-${i}:1.${i}`, '      restart: always', '      labels:', '        io.rancher.os.scope: system');
    out.push('        io.rancher.os.after: network', `      environment: [A${i}, "B=${i}", 'C*']`, '      volumes:', `        - /var/lib/service-${i}:/data`, '        - /etc/localtime:/etc/localtime:ro');
  }
  out.push('  network:', '    interfaces:');
  for (let i = 0; out.length < lines - 6; i += 1) {
    out.push(`      eth${i}:`, `        address: 10.${i >> 8}.${i & 255}.5/24`, `        gateway: 10.${i >> 8}.${i & 255}.1`, '        mtu: 1400', '        dhcp: false', `        post_up: ["ip route add 10.200.${i & 255}.0/24 dev $iface"]`);
  }
  while (out.length < lines) out.push('# the end');
  return `${out.slice(0, lines).join('\n')}\n`;
}

/** The best of `rounds`, because other programs run on the machine too. */
export function measureSpeed(text: string, rounds: number): Speed {
  let [yamlMs, wholeMs] = [Infinity, Infinity];
  for (let i = 0; i < rounds; i += 1) {
    yamlMs = Math.min(yamlMs, timeOf(() => parseYaml(text, 'large.yml')));
    wholeMs = Math.min(wholeMs, timeOf(() => resolveConfiguration([parseCloudConfig(text, 'large.yml')])));
  }
  return { yamlMs, wholeMs };
}

function timeOf(run: () => unknown): number {
  const started = Date.now();
  run();
  return Date.now() - started;
}
