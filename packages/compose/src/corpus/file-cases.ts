// What several files, variables and profiles do.

import type { CorpusCase } from './corpus-case.ts';
import { project, service } from './corpus-case.ts';

export const FILE_CASES: readonly CorpusCase[] = [
  project('build', `services:
  a: {build: .}
  b:
    image: b
    build:
      context: ./dir
      dockerfile: Dockerfile.alt
      args: {buildno: 1, FROM_OUTSIDE: null, GONE: null}
      labels: [a=b]
      cache_from: [alpine:latest]
      cache_to: ["type=local,dest=path/"]
      no_cache: true
      pull: true
      network: host
      target: prod
      shm_size: 2gb
      extra_hosts: ["h:1.2.3.4"]
      isolation: default
      privileged: true
      tags: [x:1, y]
      platforms: [linux/amd64, linux/arm64]
      ulimits: {nproc: 3}
      secrets: [s]
      ssh: [default]
      additional_contexts: [r=./r, "img=docker-image://alpine"]
      entitlements: [network.host]
  c: {build: {context: "https://github.com/x/y.git#main", args: [A=1, FROM_OUTSIDE, GONE]}}
  d: {build: {context: ../d, dockerfile_inline: "FROM x\\nRUN y\\n", ssh: {key: ./id}}}
secrets: {s: {file: ./s}}
`, { environment: { FROM_OUTSIDE: 'o' }, files: { s: '' } }),
  service('variables', 'environment:\n  A: $X\n  B: ${X}\n  C: ${NONE:-default}\n  D: ${NONE-default}\n  E: ${EMPTY:-default}\n  F: ${EMPTY-default}\n  G: ${X:+set}\n  H: ${NONE:+set}\n  I: ${EMPTY+set}\n  J: ${EMPTY:+set}\n  K: ${NONE:-${X:-y}z}\n  L: $$X and $${X}\n  M: ${X:?must}\n  N: a-${X}_b\n  O: ${NONE-}\n  P: "${NONE:-a}${X}"\n  Q: "100$"\n  R: "$1"', { environment: { X: 'value', EMPTY: '' } }),
  service('variables-types', 'cpus: ${CPUS}\ninit: ${FLAG}\nmem_limit: ${MEM}\nports: ["${PORT}:80"]\nscale: ${N}\nstop_grace_period: ${T}\nprivileged: ${FLAG}\npids_limit: ${N}', { environment: { CPUS: '0.5', FLAG: 'true', MEM: '64m', PORT: '8080', N: '2', T: '3s' } }),
  service('variables-yes', 'tty: ${FLAG}', { environment: { FLAG: 'yes' } }),
  service('variables-unset', 'environment: ["A=${NONE}"]\nhostname: h${NONE}'),
  service('dotenv', 'environment: ["A=${A}", "B=${B}", "C=${C}", "D=${D}", "E=${E}", "F=${F}", "G=${G}", "H=${H}"]', {
    environment: { A: 'process' },
    files: { '.env': '# comment\nA=file\nB="double $A \\n two"\nC=\'single $A\'\nexport D=plain # comment\nE=${B}-more\nF=a#b\nG=\nH="say \\"hi\\""\n' },
  }),
  service('env-file', 'env_file: [a.env, {path: b.env, required: false}, {path: none.env, required: false}]\nenvironment: [OVER=3, INHERIT]', {
    environment: { INHERIT: 'i', OUT: 'o' },
    files: { 'a.env': 'ONE=1\nOVER=1\nREF=${ONE}x${OUT}\nQUOTED="a  b"\nOUT\nGONE\nYAML: style\n', 'b.env': 'TWO=2\nOVER=2\nREF2=$TWO-$ONE\n' },
  }),
  service('env-file-text', 'env_file: ./a.env', { files: { 'a.env': "A='x'\nB=\"multi\nline\"\nC=\\$literal\nD=\"\\$literal\"\nE=a b c\n" } }),
  service('label-file', 'label_file: l.labels\nlabels: {own: 1}', { files: { 'l.labels': 'a=b\nown=2\n' } }),
  project('override', `services:
  web:
    image: a
    command: [x]
    environment: {A: 1, B: 2}
    labels: [l=1]
    ports: ["80:80"]
    volumes: ["./a:/a", "./b:/b"]
    dns: 1.1.1.1
    expose: ["1"]
    healthcheck: {test: [CMD, a], interval: 1s}
    logging: {driver: json-file, options: {a: 1}}
    cap_add: [A]
    depends_on: [db]
    tmpfs: /x
    networks: [one]
    build: .
    env_file: one.env
    ulimits: {nofile: {soft: 1, hard: 2}, nproc: 1}
    extra_hosts: ["a:1.1.1.1"]
    devices: ["/dev/a:/dev/x"]
    deploy: {replicas: 2, labels: [d=1]}
    configs: [c]
    security_opt: [a]
  db: {image: b}
networks: {one: {labels: {n: 1}}}
configs: {c: {content: x}}
`, {
    files: {
      'one.env': 'ONE=1', 'two.env': 'TWO=2',
      'compose.override.yaml': `services:
  web:
    image: c
    command: y z
    environment: [B=3, C=4]
    labels: {m: 2, l: 3}
    ports: ["81:80", "80:80", 90]
    volumes: ["./other:/b:ro", "v:/v"]
    dns: [2.2.2.2]
    expose: ["1", "2"]
    healthcheck: {test: b c, retries: 3}
    logging: {options: {b: 2}}
    cap_add: [A, B]
    depends_on: {cache: {condition: service_healthy}, db: {condition: service_healthy}}
    tmpfs: [/y, /x]
    networks: {two: {aliases: [z]}}
    build: {dockerfile: D}
    env_file: [two.env]
    ulimits: {nproc: 3, nofile: 5}
    extra_hosts: {b: 2.2.2.2}
    devices: ["/dev/b:/dev/x"]
    deploy: {labels: {d: 2, e: 3}}
    configs: [{source: c, target: /c}]
    security_opt: [b]
    hostname: added
  cache: {image: d}
volumes: {v: }
networks: {one: {labels: {n: 2}}, two: }
`,
    },
  }),
  project('two-files', 'services: {web: {image: a, logging: {driver: json-file, options: {a: 1}}}}\n', {
    use: ['compose.yaml', 'second.yaml'],
    files: { 'second.yaml': 'services:\n  web:\n    logging: {driver: syslog, options: {b: 2}}\n    entrypoint: []\n' },
  }),
  project('reset', 'services:\n  web: {image: a, ports: ["80:80"], environment: {A: 1, B: 2}, command: x, labels: [a=b]}\n  gone: {image: b}\n', {
    use: ['compose.yaml', 'second.yaml'],
    files: { 'second.yaml': 'services:\n  web:\n    ports: !override ["443:443"]\n    environment: {A: !reset null}\n    command: !reset null\n    labels: !reset []\n  gone: !reset null\n' },
  }),
  project('documents', 'services: {web: {image: a, environment: {A: 1}}}\n---\nservices: {web: {environment: {B: 2}}}\n'),
  project('anchors', `x-common: &common
  restart: always
  environment: &env {A: 1, B: 2}
x-logging: &logging
  logging: {driver: json-file}
services:
  web:
    <<: [*common, *logging]
    image: a
  db:
    <<: *common
    image: b
    environment: {<<: *env, C: 3}
`),
  project('extends', `services:
  base: {image: a, environment: {A: 1, B: 1}, ports: ["80:80"], volumes: ["./x:/x"], labels: [a=1], command: [x], depends_on: [db]}
  web: {extends: base, environment: [B=2], ports: ["81:81"], labels: {b: 2}}
  far: {extends: {service: web}, command: [y], ports: !reset []}
  db: {image: b}
`),
  project('extends-file', 'services:\n  web: {extends: {file: sub/common.yaml, service: base}, image: a, environment: {A: "${X}"}}\n', {
    environment: { X: 'x' },
    files: { 'sub/common.yaml': 'services:\n  base: {extends: root, build: ./app, volumes: ["./data:/data", "~/h:/h"], env_file: c.env, environment: {B: "${X}"}}\n  root: {image: r, hostname: root}\n', 'sub/c.env': 'FROM=file\n' },
  }),
  project('include', 'include:\n  - inc/compose.yaml\nservices: {web: {image: a, depends_on: [db]}}\n', {
    files: { 'inc/compose.yaml': 'services: {db: {image: "b:${TAG}", volumes: ["./d:/d", "v:/v"], networks: [n]}}\nvolumes: {v: }\nnetworks: {n: }\n', 'inc/.env': 'TAG=5\n' },
  }),
  project('include-long', 'include:\n  - {path: [inc/a.yaml, inc/b.yaml], project_directory: other, env_file: inc.env}\nservices: {web: {image: a}}\n', {
    files: { 'inc/a.yaml': 'services: {db: {image: "b:${TAG}", volumes: ["./d:/d"]}}\n', 'inc/b.yaml': 'services: {db: {hostname: b}}\n', 'inc.env': 'TAG=7\n', 'other/present': '' },
  }),
  project('profiles-none', 'services:\n  web: {image: a}\n  debug: {image: b, profiles: [debug]}\n'),
  project('profiles', 'services:\n  web: {image: a}\n  debug: {image: b, profiles: [debug, other]}\n  no: {image: c, profiles: [x]}\n', { profiles: ['debug'] }),
  project('profiles-variable', 'services:\n  debug: {image: b, profiles: [debug], networks: [n]}\nnetworks: {n: , m: }\n', { environment: { COMPOSE_PROFILES: 'debug,y' } }),
  project('name', 'name: My-Name_${X}\nservices: {web: {image: "${COMPOSE_PROJECT_NAME}"}}\n', { environment: { X: 'one' } }),
  project('name-variable', 'name: other\nservices: {web: {image: a}}\n', { environment: { COMPOSE_PROJECT_NAME: 'given' } }),
  project('files-variable', 'services: {no: {image: a}}\n', { use: [], environment: { COMPOSE_FILE: 'one.yml:two.yml' }, files: { 'one.yml': 'services: {web: {image: a}}\n', 'two.yml': 'services: {web: {image: b}}\n' } }),
  project('version', 'version: "3.8"\nservices: {web: {image: a}}\nx-top: {z: 1, a: [1]}\n'),
  project('networks-default', 'services: {web: {image: a}, two: {image: b, networks: {default: {aliases: [x]}}}, none: {image: c, network_mode: none}}\nnetworks: {default: {driver: overlay}}\n'),
  project('networks-explicit', 'services: {web: {image: a, networks: {n: {}}}, e: {image: b, networks: []}}\nnetworks: {n: {}, m: }\n'),
  project('ipam-merge', 'services: {web: {image: a, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}]}}}\n', {
    use: ['compose.yaml', 'second.yaml'],
    files: { 'second.yaml': 'networks: {n: {ipam: {config: [{subnet: 10.0.0.0/8, ip_range: 10.1.0.0/16}]}}}\n' },
  }),
  project('external-name', 'services: {web: {image: a, volumes: ["v:/v"]}}\nvolumes: {v: {external: {name: old}}}\n'),
  project('json', '{"services": {"web": {"image": "a", "ports": [80], "environment": {"A": "b"}}}}\n'),
  project('provider-order', 'services:\n  z: {image: z}\n  a: {image: a}\n  m10: {image: m}\n  m9: {image: m}\n'),
];
