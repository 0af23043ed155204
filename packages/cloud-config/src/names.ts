// Every path and name that RancherOS made visible and that this package knows. Each stands here once.

export const CONF_DIRECTORY = '/var/lib/rancher/conf';
/** Drop-ins, in the order of their names. */
export const CLOUD_CONFIG_DIRECTORY = '/var/lib/rancher/conf/cloud-config.d';
/** What `ros config set` and `ros config merge` write. */
export const CLOUD_CONFIG_FILE = '/var/lib/rancher/conf/cloud-config.yml';
/** Below CLOUD_CONFIG_DIRECTORY: the user-data of the datasource. */
export const BOOT_FILE = 'boot.yml';
export const OS_CONFIG_FILE = '/usr/share/ros/os-config.yml';
export const OEM_CONFIG_FILE = '/usr/share/ros/oem/oem-config.yml';

/** Names of the layers that are not files, as messages print them. */
export const KERNEL_LINE = 'kernel command line';
export const KERNEL_LINE_ELIDED = 'kernel command line, after --';
export const DEBUG_FLAGS = 'rancher.debug';
export const METADATA = 'metadata';
