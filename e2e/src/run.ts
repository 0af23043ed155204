// `./dev run`: boots the product in QEMU and hands the terminal to its serial console.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { RosError } from '@drover/core';
import { ALWAYS, openWorkspace, QUIET, runCommand, STATE } from '@drover/builder';
import type { CommandSpec, Parsed } from './command-line.ts';
import { numberOption, parseCommandLine, renderUsage, usageError } from './command-line.ts';
import type { Disk, MachineOptions, Workplace } from './machine/index.ts';
import { closeWorkplace, createBlankDisk, createConfigDrive, findAccelerator, findFreePort, openWorkplace, prepareUefi, QEMU, qemuArguments } from './machine/index.ts';
import { addSshKey } from './product/add-ssh-key.ts';
import { buildProducts } from './product/build.ts';
import { standardUserData, STATE_SIZE } from './product/drover-setup.ts';
import type { Product } from './product/product.ts';
import { locateProduct } from './product/product.ts';
import { runMain } from './run-main.ts';

const SPEC: CommandSpec = {
  usage: '[OPTION...] [-- KERNEL WORD...]',
  operands: false,
  options: {
    'cloud-config': { value: 'FILE', help: 'user data for the machine (an ssh key of ours is added to it)' },
    'memory': { value: 'MB', help: 'memory of the machine (default: 512)' },
    'state': { value: 'FILE', help: 'state disk, made when it is missing (default: .cache/run/state.qcow2)' },
    'fresh': { help: 'begin with an empty state disk' },
    'iso': { help: 'boot the ISO by BIOS instead of kernel and initrd' },
    'uefi': { help: 'boot the ISO by UEFI' },
    'ssh-port': { value: 'N', help: 'port of this machine that leads to its sshd (default: 2222, or a free one)' },
  },
  notes: 'The serial console is your terminal. Leave QEMU with Ctrl-A X; `sudo poweroff` inside is the clean way.',
};

const DEFAULT_STATE = 'state.qcow2';
const SSH_PORT = 2222;

interface Wishes {
  readonly mode: 'kernel' | 'iso' | 'uefi';
  readonly memoryMb: number;
  readonly words: readonly string[];
  readonly cloudConfig: string | undefined;
}

function readWishes(parsed: Parsed): Wishes {
  const mode = parsed.options.has('uefi') ? 'uefi' : parsed.options.has('iso') ? 'iso' : 'kernel';
  if (mode !== 'kernel' && parsed.rest.length > 0) throw usageError(`kernel words go with kernel and initrd, not with --${mode}; type them in the ISO's boot menu`, 'run');
  const file = parsed.options.get('cloud-config');
  if (file !== undefined && !existsSync(file)) throw usageError(`--cloud-config ${file}: no such file`, 'run');
  return {
    mode,
    memoryMb: numberOption(parsed, 'memory', { least: 64, most: 1 << 20 }, 'run') ?? 512,
    words: parsed.rest,
    cloudConfig: file === undefined ? undefined : readFileSync(file, 'utf8'),
  };
}

async function prepareStateDisk(place: Workplace, parsed: Parsed): Promise<Disk> {
  const file = resolve(parsed.options.get('state') ?? join(place.folder, DEFAULT_STATE));
  if (parsed.options.has('fresh')) rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file)) await createBlankDisk(file, STATE_SIZE);
  const { stdout } = await runCommand(['qemu-img', 'info', '--force-share', '--output=json', file]);
  const { format } = JSON.parse(stdout.toString()) as { format: string };
  if (format !== 'qcow2' && format !== 'raw') throw new RosError('state-disk', `${file} is a ${format} image`, { hint: 'give a raw or a qcow2 image' });
  return { serial: 'state', file, format };
}

async function makeConfigDrive(place: Workplace, wishes: Wishes): Promise<Disk> {
  const file = join(place.folder, 'config-2.img');
  // An ISO can't be given kernel words from here; the same setting in the cloud-config does it.
  const autologin = wishes.mode === 'kernel' ? '' : 'rancher:\n  autologin: ttyS0\n';
  const given = wishes.cloudConfig;
  const userData = given === undefined ? standardUserData(autologin)(place.publicKey) : (addSshKey(given, place.publicKey) ?? given);
  await createConfigDrive(file, userData);
  return { serial: 'config', file, format: 'raw', readOnly: true };
}

function describeMachine(product: Product, wishes: Wishes, disks: { readonly state: Disk; readonly config: Disk }, sshPort: number): MachineOptions {
  const rootfs: Disk = { serial: 'rootfs', file: product.rootfs, format: 'raw', readOnly: true };
  const common = { name: 'drover', memoryMb: wishes.memoryMb, nics: [{ kind: 'user' as const, forward: { 22: sshPort } }] };
  if (wishes.mode !== 'kernel') {
    return { ...common, boot: { mode: 'cd', image: product.iso, firmware: wishes.mode === 'uefi' ? 'uefi' : 'bios' }, disks: [disks.state, disks.config] };
  }
  const words = [...ALWAYS, ...QUIET, ...STATE, 'rancher.autologin=ttyS0', ...wishes.words];
  return { ...common, boot: { mode: 'kernel', kernel: product.kernel, initrd: product.initrd, words }, disks: [disks.state, rootfs, disks.config] };
}

function isFree(port: number): Promise<boolean> {
  return findFreePort(port).then(() => true, () => false);
}

async function chooseSshPort(parsed: Parsed): Promise<number> {
  const asked = numberOption(parsed, 'ssh-port', { least: 1, most: 65535 }, 'run');
  if (asked === undefined) return (await isFree(SSH_PORT)) ? SSH_PORT : findFreePort();
  if (!(await isFree(asked))) throw usageError(`--ssh-port ${asked}: the port is taken`, 'run');
  return asked;
}

function explainMachine(place: Workplace, wishes: Wishes, state: Disk, sshPort: number, isNew: boolean): string {
  const shown = (path: string): string => (path.startsWith(place.workspace.root) ? relative(place.workspace.root, path) : path);
  const speed = place.accelerator.kind === 'kvm' ? 'KVM' : 'software emulation: about ten times slower than hardware';
  return [
    '',
    `Drover in QEMU (${wishes.memoryMb} MB, ${speed})`,
    `  state disk  ${shown(state.file)} (${isNew ? 'new and empty' : 'as you left it; --fresh begins anew'})`,
    `  ssh         ssh -p ${sshPort} -i ${shown(place.keyFile)} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null rancher@127.0.0.1`,
    '  leave       Ctrl-A X (press Ctrl-A, let go, press X); `sudo poweroff` inside is the clean way',
    '',
    '',
  ].join('\n');
}

async function main(): Promise<number> {
  const parsed = parseCommandLine('run', SPEC, process.argv.slice(2));
  if (parsed.options.has('help')) {
    process.stdout.write(renderUsage('run', SPEC));
    return 0;
  }
  const wishes = readWishes(parsed);
  const sshPort = await chooseSshPort(parsed);
  const workspace = openWorkspace();
  buildProducts(workspace);
  const product = locateProduct(workspace);
  const place = await openWorkplace(workspace, await findAccelerator(workspace, product.kernel));
  try {
    const stateFile = resolve(parsed.options.get('state') ?? join(place.folder, DEFAULT_STATE));
    const isNew = parsed.options.has('fresh') || !existsSync(stateFile);
    const state = await prepareStateDisk(place, parsed);
    const machine = describeMachine(product, wishes, { state, config: await makeConfigDrive(place, wishes) }, sshPort);
    const firmware = wishes.mode === 'uefi' ? { uefi: prepareUefi(join(place.folder, 'uefi-variables.fd')) } : {};
    const args = qemuArguments(machine, { accelerator: place.accelerator.arguments, qmp: join(place.sockets, 'qmp'), serial: undefined, forwards: machine.nics!.map((nic) => (nic.kind === 'user' ? nic.forward : {})), ...firmware });
    process.stderr.write(explainMachine(place, wishes, state, sshPort, isNew));
    return await handOver(args);
  } finally {
    closeWorkplace(place);
  }
}

/** QEMU has the terminal until it ends. */
function handOver(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(QEMU, args, { stdio: 'inherit' });
    child.on('error', (cause) => reject(new RosError('qemu-missing', `cannot start ${QEMU}`, { cause, hint: 'install qemu-system-x86' })));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

runMain(main);
