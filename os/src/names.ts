// Every string that RancherOS made visible and that scripts rely on: paths, labels, names. Each stands here once.

export const SYSTEM_DOCKER_SOCKET = '/var/run/system-docker.sock';
export const USER_DOCKER_SOCKET = '/var/run/docker.sock';

/** There when the console is prepared; it holds the console's name. */
export const CONSOLE_DONE = '/run/console-done';

export const STATE_LABEL = 'RANCHER_STATE';

export const CLOUD_CONFIG_DIRECTORY = '/var/lib/rancher/conf/cloud-config.d';
/** What the datasource said about the machine, in YAML. */
export const SAVED_METADATA_FILE = '/var/lib/rancher/conf/metadata';
export const CLOUD_CONFIG_SCRIPT = '/var/lib/rancher/conf/cloud-config-script';
/** Where the user-data has several; not a name of RancherOS, which keeps one. */
export const CLOUD_CONFIG_SCRIPTS = '/var/lib/rancher/conf/cloud-config-scripts';

/** Labels of system containers. */
export const LABEL = {
  scope: 'io.rancher.os.scope',
  after: 'io.rancher.os.after',
  before: 'io.rancher.os.before',
  detach: 'io.rancher.os.detach',
  createOnly: 'io.rancher.os.createonly',
  console: 'io.rancher.os.console',
  rebuild: 'io.docker.compose.rebuild',
  configHash: 'io.docker.compose.config-hash',
  filesHash: 'io.drover.write-files',
  composeProject: 'io.docker.compose.project',
  composeService: 'io.docker.compose.service',
} as const;

/** The configuration of this boot, for root only. */
export const RUNNING_CONFIG = '/run/ros/config.json';
