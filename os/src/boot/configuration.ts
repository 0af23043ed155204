// The configuration of this boot: a config drive, the files below /var/lib/rancher/conf, kernel words. Checked once,
// here; everybody else reads the outcome from /run/ros/config.json and needs no YAML parser.

import { explain, renderProblem } from '@drover/core';
import type { Problem } from '@drover/core';
import { CONF_DIRECTORY, DRIVE_LABELS, loadConfiguration, readConfigDrive, splitKernelLine } from '@drover/cloud-config';
import type { Configuration, DriveLabel, Metadata, UserData } from '@drover/cloud-config';
import type { Host, SystemHost } from '@drover/host';
import { keepUserData } from '../cloud-init/keep-user-data.ts';
import { METADATA_FILE } from '../names.ts';
import { listBlockDevices, probeContent } from './block-devices.ts';
import type { BootLog } from './boot-log.ts';
import { MODULES_LOADING } from './modules.ts';

export const RUNNING_CONFIG = '/run/ros/config.json';
const LATE_DEVICES_MS = 10_000;

export async function loadSystemConfiguration(host: SystemHost, log: BootLog): Promise<Configuration> {
  const drive = await readDrive(host, log);
  const { config, problems } = await loadConfiguration(host, {
    kernelLine: splitKernelLine(host.files.readText('/proc/cmdline')),
    userData: drive.userData,
    ...(drive.metadata && { metadata: drive.metadata }),
  });
  report(log, [...drive.problems, ...problems]);
  host.files.write(RUNNING_CONFIG, JSON.stringify(config), { mode: 0o600 });
  if (drive.metadata !== undefined) host.files.write(METADATA_FILE, JSON.stringify(drive.metadata), { mode: 0o600 });
  applyHostName(host, config.hostname ?? config.rancher.defaults.hostname);
  return config;
}

function report(log: BootLog, problems: readonly Problem[]): void {
  for (const problem of problems) {
    if (problem.severity === 'error') log.error(renderProblem(problem));
    else if (problem.code === 'not-yet') log.debug(renderProblem(problem));
    else log.warning(renderProblem(problem));
  }
  if (problems.some((problem) => problem.severity === 'error')) log.warning('what is wrong is left out; the rest of the configuration is used');
}

interface DriveContent {
  readonly userData: readonly UserData[];
  readonly metadata: Metadata | undefined;
  readonly problems: readonly Problem[];
}

/** Offline, and so never waited for beyond the drivers that are still starting. */
async function readDrive(host: SystemHost, log: BootLog): Promise<DriveContent> {
  const nothing = { userData: [], metadata: undefined, problems: [] };
  const deadline = host.clock.monotonic() + LATE_DEVICES_MS;
  let device = findConfigDrive(host);
  while (device === undefined && host.files.exists(MODULES_LOADING) && host.clock.monotonic() < deadline) {
    await host.clock.sleep(50);
    device = findConfigDrive(host);
  }
  if (device === undefined) return nothing;
  try {
    const target = `/media/${device.label}`;
    host.files.makeDirectory(target);
    host.mounts.mount({ source: device.path, target, type: device.type, flags: ['ro', 'nosuid', 'nodev', 'noexec'] });
    const { userData, metadata, problems } = await readConfigDrive(host, target, device.label);
    await keep(host, userData, log);
    return { userData, metadata, problems };
  } catch (error) {
    log.error(`config drive ${device.path}: ${explain(error)}`);
    return nothing;
  }
}

function findConfigDrive(host: SystemHost): { path: string; type: string; label: DriveLabel } | undefined {
  const found = listBlockDevices(host).flatMap(({ path }) => {
    const content = probeContent(host.files, path);
    const label = DRIVE_LABELS.find((one) => one === content?.label.toLowerCase());
    return content === undefined || label === undefined ? [] : [{ path, type: content.type, label }];
  });
  return DRIVE_LABELS.map((label) => found.find((one) => one.label === label)).find((one) => one !== undefined);
}

/** As RancherOS does: the last user-data stays in force when the drive is taken away. */
async function keep(host: SystemHost, parts: readonly UserData[], log: BootLog): Promise<void> {
  try {
    await keepUserData(host, parts);
  } catch (error) {
    log.warning(`the user-data is used, but could not be kept below ${CONF_DIRECTORY}: ${explain(error)}`);
  }
}

function applyHostName(host: SystemHost, name: string): void {
  host.kernel.setHostName(name);
  host.files.write('/etc/hostname', `${name}\n`);
  host.files.write('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${name}\n::1\tlocalhost ip6-localhost ip6-loopback\n`);
  if (!host.files.exists('/etc/resolv.conf')) host.files.write('/etc/resolv.conf', '');
}

/** What the boot wrote. Only root may read it: it has the password. */
export function readRunningConfiguration(host: Pick<Host, 'files'>): Configuration {
  return JSON.parse(host.files.readText(RUNNING_CONFIG)) as Configuration;
}
