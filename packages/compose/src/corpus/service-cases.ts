// Keys of services, a few to a case.

import type { CorpusCase } from './corpus-case.ts';
import { project, service } from './corpus-case.ts';

export const SERVICE_CASES: readonly CorpusCase[] = [
  service('minimal', ''),
  service('annotations', 'annotations: {a: b, c: 1}'),
  service('annotations-list', 'annotations: [a=b, c]'),
  service('attach', 'attach: false'),
  service('blkio', `blkio_config:
  weight: 300
  weight_device:
    - {path: /dev/sda, weight: 400}
  device_read_bps: [{path: /dev/sdb, rate: 12mb}]
  device_read_iops: [{path: /dev/sdb, rate: 120}]
  device_write_bps: [{path: /dev/sdb, rate: 1024k}]
  device_write_iops: [{path: /dev/sdb, rate: 30}]`),
  service('capabilities', 'cap_add: [ALL]\ncap_drop: [NET_ADMIN, SYS_ADMIN]\nsecurity_opt: ["label:user:USER", "label:role:ROLE"]'),
  service('cgroup', 'cgroup: host\ncgroup_parent: m-executor-abcd'),
  service('cpu', 'cpu_count: 2\ncpu_percent: 50\ncpu_period: 100000\ncpu_quota: 50000\ncpu_rt_period: 1400\ncpu_rt_runtime: 400\ncpus: 1.5\ncpuset: "0,1"\ncpu_shares: 73'),
  service('cpu-text', 'cpus: "0.25"\ncpu_shares: "10"\ncpu_quota: "20"\ncpuset: 0-3'),
  service('command-words', `command: bundle exec thin -p 3000 "a b" 'c d' e\\ f`),
  service('command-list', 'command: ["a", "b c", "$$d"]\nentrypoint: /x.sh --flag'),
  service('command-empty', 'command: []\nentrypoint: ""'),
  service('command-null', 'command:\nentrypoint: null'),
  service('container-name', 'container_name: my-web\nhostname: foo\ndomainname: example.com\nmac_address: 02:42:ac:11:65:43'),
  service('credential-spec', 'credential_spec: {file: my-spec.json}'),
  service('deploy', `deploy:
  mode: replicated
  replicas: 2
  endpoint_mode: vip
  labels: {com.example.description: "This is"}
  resources:
    limits: {cpus: "0.50", memory: 50M, pids: 100}
    reservations:
      cpus: 0.25
      memory: 20M
      generic_resources:
        - discrete_resource_spec: {kind: gpu, value: 2}
      devices:
        - {capabilities: [nvidia-compute], driver: nvidia, count: 2, options: {virtualization: "false"}}
        - {capabilities: [gpu]}
        - {capabilities: [gpu], device_ids: ["0", "3"]}
  restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 120s}
  placement:
    constraints: [disktype=ssd]
    preferences: [{spread: node.labels.zone}]
    max_replicas_per_node: 1
  rollback_config: {parallelism: 0, delay: 2s, failure_action: continue, monitor: 10s, max_failure_ratio: 0.3, order: stop-first}
  update_config: {parallelism: 3, delay: 10s, order: start-first}`),
  service('deploy-empty', 'deploy: {}'),
  service('devices', 'devices: ["/dev/ttyUSB0:/dev/ttyUSB0", "/dev/sda:/dev/xvda:rwm", /dev/null]\ndevice_cgroup_rules: ["c 1:3 mr", "a 7:* rmw"]'),
  service('devices-long', 'devices: [{source: /dev/a, target: /dev/b, permissions: r}]'),
  service('dns', 'dns: 8.8.8.8\ndns_search: example.com\ndns_opt: [use-vc, no-tld-query]'),
  service('dns-list', 'dns: [8.8.8.8, 9.9.9.9, ""]\ndns_search: [dc1.example.com, dc2.example.com]'),
  service('environment-map', 'environment:\n  RACK_ENV: development\n  SHOW: "true"\n  FLAG: true\n  NUMBER: 10\n  FLOAT: 1.50\n  BIG: 12345678901\n  EMPTY: ""\n  FROM_OUTSIDE:\n  UNKNOWN:\n  YES: yes', { environment: { FROM_OUTSIDE: 'outside' } }),
  service('environment-list', 'environment: [RACK_ENV=development, SHOW=, FROM_OUTSIDE, UNKNOWN, "X=a=b", A=1, A=2]', { environment: { FROM_OUTSIDE: 'out side' } }),
  service('expose', 'expose: [3000, "8000", 9000-9005/udp]'),
  service('external-links', 'external_links: [redis, "database:mysql"]'),
  service('extra-hosts', 'extra_hosts: ["somehost:162.242.195.82", "otherhost=50.31.209.229", "v6:::1", "b6=[::2]"]'),
  service('extra-hosts-map', 'extra_hosts: {somehost: 162.242.195.82, more: [1.1.1.1, 2.2.2.2]}'),
  service('groups', 'group_add: [mail, 1000]\nuser: "1000:1000"\nuserns_mode: host'),
  service('gpus', 'gpus: all'),
  service('gpus-list', 'gpus: [{driver: 3dfx, count: 2}, {driver: x}]'),
  service('healthcheck', 'healthcheck:\n  test: ["CMD", "curl", "-f", "http://localhost"]\n  interval: 1m30s\n  timeout: 10s\n  retries: 3\n  start_period: 40s\n  start_interval: 500ms'),
  service('healthcheck-text', 'healthcheck: {test: "curl -f x || exit 1", interval: 90s, retries: 0}'),
  service('healthcheck-disable', 'healthcheck: {disable: true}'),
  service('init', 'init: true\nipc: host\nisolation: default\npid: host\nuts: host\nruntime: runc\nplatform: linux/amd64'),
  service('init-false', 'init: false\nprivileged: false\ntty: false\nread_only: false'),
  service('labels', 'labels: {com.example.description: "Accounting", number: 5, flag: true, empty: null, dollar: "$$x"}'),
  service('labels-list', 'labels: ["com.example.a=b", "com.example.c", "d="]'),
  service('logging', 'logging: {driver: syslog, options: {syslog-address: "tcp://192.168.0.42:123", max: 3}}'),
  service('memory', 'mem_limit: 1g\nmem_reservation: 512m\nmemswap_limit: -1\nmem_swappiness: 60\nshm_size: 64M\noom_kill_disable: true\noom_score_adj: 500\npids_limit: 10'),
  service('memory-numbers', 'mem_limit: 1000000\nmemswap_limit: "2000000000"\nshm_size: 1.5gb'),
  service('network-mode', 'network_mode: host'),
  project('networks', `services:
  web:
    image: a
    networks: [front, back]
  api:
    image: b
    networks:
      front: {aliases: [x, y], ipv4_address: 172.16.238.10, ipv6_address: "2001:3984:3989::10", link_local_ips: [57.123.22.11], priority: 1000, mac_address: 02:42:ac:11:65:43, driver_opts: {a: 1}}
      back:
networks:
  front:
    driver: bridge
    driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1, n: 5}
    attachable: true
    internal: true
    enable_ipv6: true
    labels: [a=b]
    ipam:
      driver: default
      config:
        - {subnet: 172.28.0.0/16, ip_range: 172.28.5.0/24, gateway: 172.28.5.254, aux_addresses: {host1: 172.28.1.5}}
        - {subnet: "2001:3984:3989::/64"}
      options: {foo: bar}
  back:
  unused: {name: my-net}
  outside: {external: true}
  named: {external: true, name: actual}
`),
  service('ports', 'ports:\n  - 3000\n  - "3000-3005"\n  - "8000:8000"\n  - "9090-9091:8080-8081"\n  - "49100:22"\n  - "127.0.0.1:8001:8001"\n  - "127.0.0.1:5000-5001:5000-5001"\n  - "6060:6060/udp"\n  - "[::1]:9999:99"\n  - "127.0.0.1::53"'),
  service('ports-ranges', 'ports: ["99-101", "8000-8010:80", "5000-5001:6000-6001/sctp"]'),
  service('ports-long', 'ports:\n  - {name: web, target: 80, host_ip: 127.0.0.1, published: "8080", protocol: tcp, mode: host, app_protocol: http}\n  - {target: "81", published: 8081}\n  - {target: 82}'),
  service('ports-twice', 'ports: ["80:80", "80:80", 443, 443]'),
  service('process', 'restart: unless-stopped\nstdin_open: true\nstop_grace_period: 1m30s\nstop_signal: SIGUSR1\ntty: true\nworking_dir: /code\nprivileged: true\nread_only: true'),
  service('restart-words', 'restart: "no"'),
  service('restart-bare-no', 'restart: no'),
  service('pull-policy', 'pull_policy: if_not_present\nscale: 3'),
  service('storage', 'storage_opt: {size: 1G}\nsysctls: {net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: 0}\ntmpfs: /run'),
  service('storage-lists', 'sysctls: [net.core.somaxconn=1024]\ntmpfs: [/run, "/tmp:size=64m"]'),
  service('ulimits', 'ulimits:\n  nproc: 65535\n  nofile: {soft: 20000, hard: 40000}'),
  project('volumes', `services:
  web:
    image: a
    volumes:
      - /var/lib/mysql
      - /opt/data:/var/lib/mysql2
      - ./cache:/tmp/cache
      - ../up:/up
      - ~/configs:/etc/configs/:ro
      - datavolume:/var/lib/data
      - datavolume:/nocopy:nocopy
      - /a:/b:rw,z
      - /c:/d:ro,Z,rshared
      - .:/code
      - type: bind
        source: ./x
        target: /x/../y/
        read_only: true
        consistency: cached
        bind: {propagation: rslave, create_host_path: false, selinux: z, recursive: disabled}
      - type: volume
        source: datavolume
        target: /long
        volume: {nocopy: true, subpath: sub}
      - type: tmpfs
        target: /tmpfs
        tmpfs: {size: 10m, mode: 1777}
      - {type: tmpfs, target: /tmpfs2}
volumes:
  datavolume: {}
  other: {driver: foobar, driver_opts: {foo: "1", baz: 2}, labels: {a: b}}
  here: {driver: local, driver_opts: {type: none, o: bind, device: ./data}}
  outside: {external: true}
  named: {external: true, name: "my-app-data"}
`),
  project('volumes-from', 'services:\n  web: {image: a, volumes_from: [db, "other:ro", "container:name:rw"]}\n  db: {image: b}\n  other: {image: c}\n'),
  project('secrets-configs', `services:
  web:
    image: a
    secrets:
      - one
      - {source: two, target: /t, uid: "103", gid: "104", mode: 0440}
    configs:
      - conf
      - {source: conf2, target: /etc/c, mode: 288}
secrets:
  one: {file: ./one.txt}
  two: {environment: TOKEN}
  ext: {external: true}
  named: {external: true, name: real, labels: {a: b}}
configs:
  conf: {file: ./conf.ini}
  conf2: {content: "a=1\\nb=2\\n"}
  conf3: {environment: TOKEN}
  ext: {external: true}
`, { environment: { TOKEN: 'secret' }, files: { 'one.txt': '1', 'conf.ini': '' } }),
  project('depends-on', 'services:\n  web: {image: a, depends_on: [db, cache]}\n  db: {image: b}\n  cache: {image: c}\n'),
  project('depends-on-long', `services:
  web:
    image: a
    depends_on:
      db: {condition: service_healthy, restart: true}
      job: {condition: service_completed_successfully, required: false}
  db: {image: b}
  job: {image: c}
`),
  project('links', 'services:\n  web: {image: a, links: [db, "cache:c"]}\n  db: {image: b}\n  cache: {image: c}\n'),
  project('shared-namespaces', 'services:\n  web: {image: a, network_mode: "service:db", ipc: "service:db", pid: "service:db"}\n  db: {image: b, ipc: shareable}\n'),
  service('hooks', 'post_start:\n  - {command: ./do.sh x, user: root, privileged: true, working_dir: /x, environment: [A=1]}\npre_stop: [{command: [./flush]}]'),
  service('develop', 'develop:\n  watch:\n    - {path: ./src, action: sync, target: /src, ignore: [node_modules/]}\n    - {path: package.json, action: rebuild}'),
  service('extensions', 'x-own: {b: 1, a: [1, two, true, null]}\nx-text: "yes"\nlogging: {driver: json-file, x-inner: 1}'),
  service('texts', `environment:
  A: "yes"
  B: "null"
  C: "1.0"
  D: "0x10"
  E: "2020-01-01"
  F: "a: b"
  G: "a #b"
  H: "- a"
  I: "@x"
  J: "tab\\there"
  K: " lead"
  L: "line\\nbreak\\n"
  M: "two\\n\\n"
  N: "it's"
  O: "12:30:45"
  P: "~"
  Q: "é ü 漢字"
  R: "bell\\a"
  S: "1_000"
  T: "0755"
  U: "1e3"
  V: "- "
  W: "{a}"
  X: "true"
  Y: "  two\\nlines"
  Z: ":"
  aa: "trail \\nx"
  ab: "?"
  ac: "#x"
  ad: "0o7"
  ae: "y"
  af: "a,b"
  ag: "="
  ah: "+1"
  ai: ".5"
  aj: "089"`),
  service('key-order', 'labels: {a10: 1, a9: 2, b: 3, a: 4, B: 5, a-b: 6, a.b: 7, a_b: 8, "10": 9, "9": 10, a01: 11, a1: 12}'),
];
