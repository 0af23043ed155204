// `rancher` and its small objects; state, network and the Docker daemons have files of their own.

export const RANCHER = {
  password: {
    type: 'string', since: '0.4', when: 'apply', works: true, secret: 'hidden',
    meaning: 'Password of user rancher on the console; disable: [password] switches it off',
  },
  autologin: {
    type: 'list of terminal', since: '0.6', when: 'apply', works: true, secret: 'hidden', repeatable: true,
    meaning: 'Terminals that are logged in as rancher without a password; disable: [autologin] switches it off',
  },
  disable: { type: 'list of way to log in', since: '1.x', when: 'apply', works: true, meaning: 'Ways to log in that are switched off: password, autologin' },
  debug: {
    type: 'boolean', since: '0.4', when: 'boot', works: true, default: false,
    meaning: 'Debug log everywhere: also sets log, and debug of docker, system_docker and bootstrap_docker',
  },
  log: { type: 'boolean', since: '0.4', when: 'boot', default: false, meaning: 'Show the output of service containers while they are brought up' },
  state: { type: 'state', since: '0.4', when: 'boot', works: true, meaning: 'The partition that keeps what must last' },
  console: { type: 'string', since: '0.5', when: 'boot', default: 'default', meaning: 'Console to run: a name from ros console list, a path or a URL' },
  environment: { type: 'map of string', since: '0.4', when: 'boot', works: true, meaning: 'Values for services that ask for them by name or by a pattern such as ETCD_*, and for ros env; SERVICE/NAME holds for one service only' },
  services: { type: 'map of service', since: '0.4', when: 'boot', meaning: 'System services of your own, and changes to the built-in ones, in the form of a compose file' },
  bootstrap: { type: 'map of service', since: '0.4', when: 'boot', ignored: 'the boot runs without a Docker of its own', meaning: 'Services run before the state partition is mounted' },
  cloud_init_services: { type: 'map of service', since: '0.8', when: 'boot', ignored: 'the boot runs without a Docker of its own', meaning: 'Services that fetch the user-data' },
  autoformat: { type: 'map of service', since: '0.4', when: 'once', ignored: 'the boot runs without a Docker of its own', meaning: 'Services that format the state partition' },
  services_include: { type: 'map of boolean', since: '0.4', when: 'boot', meaning: 'Services of the repositories, by name, path or URL, each switched on or off' },
  bootstrap_docker: { type: 'docker', since: '0.4', when: 'boot', ignored: 'the boot runs without a Docker of its own', meaning: 'The Docker daemon of the early boot' },
  system_docker: { type: 'system docker', since: '0.4', when: 'boot', works: true, meaning: 'System Docker, which runs the system services' },
  docker: {
    type: 'docker', since: '0.4', when: 'apply', works: true,
    default: {
      group: 'docker',
      host: ['unix:///var/run/docker.sock'],
      log_opts: { 'max-size': '25m', 'max-file': '2' },
      tls_args: ['--tlsverify', '--tlscacert=/etc/docker/tls/ca.pem', '--tlscert=/etc/docker/tls/server-cert.pem', '--tlskey=/etc/docker/tls/server-key.pem', '-H=0.0.0.0:2376'],
    },
    meaning: 'User Docker, which runs your containers',
  },
  cloud_init: { type: 'cloud-init', since: '0.4', when: 'boot', works: true, meaning: 'Where user-data and metadata come from' },
  network: { type: 'network', since: '0.4', when: 'apply', works: true, meaning: 'Links, addresses, name servers and proxies' },
  default_network: { type: 'network', since: '0.4.5', when: 'boot', ignored: 'its name is rancher.defaults.network now', meaning: 'Network settings for what rancher.network leaves open' },
  ssh: { type: 'ssh', since: '0.4', when: 'apply', works: true, meaning: 'The SSH server of the console' },
  modules: { type: 'list of string', since: '0.4', when: 'apply', works: true, meaning: 'Kernel modules to load, each with its parameters after a space' },
  sysctl: { type: 'map of string', since: '0.5', when: 'apply', works: true, default: { 'fs.file-max': '1000000000' }, meaning: 'Kernel settings, as in /proc/sys with dots for slashes' },
  repositories: { type: 'map of repository', since: '0.4', when: 'now', meaning: 'Places with definitions of services, consoles and engines' },
  registry_auths: { type: 'map of registry login', since: '0.5', when: 'boot', works: true, meaning: 'Logins of System Docker for registries, by the address of the registry' },
  upgrade: { type: 'upgrade', since: '0.4', when: 'now', meaning: 'Where new versions come from' },
  defaults: { type: 'defaults', since: '0.5', when: 'boot', works: true, meaning: 'Values for what is set nowhere else' },
  resize_device: { type: 'string', since: '0.5', when: 'boot', works: true, meaning: 'Disk that may have grown: its state partition (else its first one, and with mmcblk the second), or the partition that is named, grows with it when it is the last' },
  restart_services: { type: 'list of string', since: '0.6', when: 'boot', ignored: 'every service starts with all of the configuration', meaning: 'System containers restarted before the console starts' },
  hypervisor_service: { type: 'boolean', since: '1.0.4', when: 'boot', default: true, meaning: 'Run the guest tools of the hypervisor that was found' },
  shutdown_timeout: { type: 'integer', since: '1.0.4', when: 'apply', works: true, default: 60, meaning: 'Seconds that stopping the user containers may take' },
  http_load_retries: { type: 'integer', since: '1.5.5', when: 'now', default: 6, meaning: 'How often a download of a repository or release list is tried again' },
  preload_wait: { type: 'boolean', since: '1.4', when: 'boot', default: false, meaning: 'Wait until preloaded images are complete' },
  recovery: { type: 'boolean', since: '1.1', when: 'boot', works: true, default: false, meaning: 'Open a rescue shell before any service starts' },
  force_console_rebuild: { type: 'boolean', since: '0.4.5', when: 'once', default: false, meaning: 'Make the console anew at its next start' },
  rm_usr: { type: 'boolean', since: '0.4', when: 'boot', default: false, ignored: '/usr is never copied to the state partition', meaning: 'Delete the copy of /usr on the state partition' },
  no_sharedroot: { type: 'boolean', since: '0.5', when: 'boot', default: false, ignored: 'the root file system is always shared', meaning: 'Do not share the mounts of the root file system' },
} as const;

export const CLOUD_INIT = {
  datasources: { type: 'list of string', since: '0.4', when: 'boot', works: true, default: ['configdrive:/media/config-2'], meaning: 'Sources to ask, each as TYPE or TYPE:ARGUMENT' },
} as const;

export const SSH = {
  keys: { type: 'map of string', since: '0.4', when: 'apply', works: true, secret: 'private', meaning: 'Host keys: rsa, rsa-pub, ecdsa, ecdsa-pub, ed25519, ed25519-pub' },
  daemon: { type: 'boolean', since: '0.8', when: 'apply', works: true, default: true, meaning: 'Run the SSH server' },
  port: { type: 'port', since: '1.3', when: 'apply', works: true, meaning: 'Port of the SSH server' },
  listen_address: { type: 'string', since: '1.3', when: 'apply', works: true, meaning: 'Address the SSH server listens on' },
} as const;

export const UPGRADE = {
  url: { type: 'string', since: '0.4', when: 'now', meaning: 'List of releases' },
  image: { type: 'string', since: '0.4', when: 'now', meaning: 'Image of the operating system, without a tag' },
  rollback: { type: 'string', since: '0.4', when: 'now', meaning: 'Image to go back to' },
  policy: { type: 'upgrade policy', since: '1.4.3', when: 'now', default: 'download', meaning: 'What a new release leads to: none, download or auto' },
} as const;

export const DEFAULTS = {
  hostname: { type: 'host name', since: '0.5', when: 'apply', works: true, default: 'rancher', meaning: 'Host name when neither hostname nor metadata has one' },
  docker: { type: 'docker', since: '0.6', when: 'boot', meaning: 'Options for what rancher.docker leaves open' },
  network: {
    type: 'network', since: '0.5', when: 'boot', works: true, default: { dhcp_timeout: 10, dns: { nameservers: ['8.8.8.8', '8.8.4.4'] } },
    meaning: 'Its dns and dhcp_timeout stand in for what rancher.network and DHCP leave open',
  },
  system_docker_logs: { type: 'string', since: '1.x', when: 'boot', default: '/var/log/system-docker.log', meaning: 'Log file of System Docker' },
} as const;

export const REPOSITORY = {
  url: { type: 'string', since: '0.4', when: 'now', meaning: 'Address below which index.yml and the definitions are' },
} as const;

export const REGISTRY_LOGIN = {
  auth: { type: 'string', since: '0.5', when: 'boot', works: true, secret: 'private', meaning: 'USER:PASSWORD in base64' },
  username: { type: 'string', since: '0.5', when: 'boot', works: true, meaning: 'User name' },
  password: { type: 'string', since: '0.5', when: 'boot', works: true, secret: 'private', meaning: 'Password' },
  email: { type: 'string', since: '0.5', when: 'boot', ignored: 'no registry asks for it any more', meaning: 'Mail address' },
  serveraddress: { type: 'string', since: '0.5', when: 'boot', ignored: 'the address that the login stands under counts', meaning: 'Address of the registry' },
  identitytoken: { type: 'string', since: '0.5', when: 'boot', works: true, secret: 'private', meaning: 'Token that stands for user and password' },
  registrytoken: { type: 'string', since: '0.5', when: 'boot', works: true, secret: 'private', meaning: 'Bearer token for the registry' },
} as const;
