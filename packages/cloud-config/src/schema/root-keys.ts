// The top level of a cloud-config.

export const ROOT = {
  hostname: {
    type: 'host name', since: '0.4', when: 'apply', works: true,
    meaning: 'Host name; without it the name from metadata, then rancher.defaults.hostname',
  },
  ssh_authorized_keys: {
    type: 'list of ssh key', since: '0.4', when: 'apply', works: true,
    meaning: 'Public keys that may log in as rancher and docker; keys from metadata are added',
  },
  write_files: { type: 'list of file', since: '0.4', when: 'apply', works: true, meaning: 'Files to write, in the console or in another system container' },
  mounts: {
    type: 'list of mount', since: '0.5', when: 'apply', works: true,
    meaning: 'File systems to mount, each as [device, mount point, type, options]; type swap for swap space',
  },
  runcmd: { type: 'list of command', since: '0.6', when: 'boot', works: true, meaning: 'Commands run in the console before User Docker starts; the first failing one stops the rest' },
  bootcmd: { type: 'list of command', since: '0.8', when: 'boot', works: true, meaning: 'Commands run early in the boot, before any service starts, in the file system of the machine itself; the first failing one stops the rest' },
  rancher: { type: 'rancher', since: '0.4', when: 'boot', works: true, meaning: 'Everything that is specific to this operating system' },
} as const;

export const FILE = {
  path: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'Absolute path of the file' },
  content: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'What the file holds, encoded as encoding says' },
  encoding: { type: 'encoding', since: '0.5', when: 'apply', works: true, meaning: 'How content is encoded: b64 (base64), gz (gzip), gz+b64, or nothing for plain text' },
  owner: { type: 'string', since: '0.4', when: 'apply', works: true, meaning: 'Owner, as USER or USER:GROUP' },
  permissions: { type: 'permissions', since: '0.4', when: 'apply', works: true, default: '0644', meaning: 'Permission bits in octal' },
  container: { type: 'string', since: '0.6', when: 'apply', works: true, default: 'console', meaning: 'System container that gets the file' },
} as const;
