// Every name that Docker Compose made visible: files, labels, variables.

/** In the order in which they are looked for; the first that exists is taken. */
export const FILE_NAMES: readonly string[] = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
export const OVERRIDE_NAMES: readonly string[] = ['compose.override.yaml', 'compose.override.yml', 'docker-compose.override.yml', 'docker-compose.override.yaml'];
export const ENV_FILE = '.env';

export const VARIABLES = {
  projectName: 'COMPOSE_PROJECT_NAME',
  files: 'COMPOSE_FILE',
  separator: 'COMPOSE_PATH_SEPARATOR',
  profiles: 'COMPOSE_PROFILES',
  envFiles: 'COMPOSE_ENV_FILES',
} as const;

/** As `docker compose` v2 sets them, so that either can take over the other's project. */
export const LABELS = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  configHash: 'com.docker.compose.config-hash',
  imageDigest: 'com.docker.compose.image',
  dependsOn: 'com.docker.compose.depends_on',
  workingDir: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFile: 'com.docker.compose.project.environment_file',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  version: 'com.docker.compose.version',
  replace: 'com.docker.compose.replace',
} as const;

/** The network that a service without networks is on. */
export const DEFAULT_NETWORK = 'default';
