// Requests to reboot, power off or halt, from wherever they come: signals to PID 1 (the commands reboot, poweroff, halt
// and shutdown send them, with busybox's meaning), Ctrl-Alt-Del, the ACPI power button.

import type { PowerAction, SystemHost } from '@drover/host';

const SIGNALS = { TERM: 15, INT: 2, USR1: 10, USR2: 12, PWR: 30 } as const;

/** SIGTERM and Ctrl-Alt-Del (SIGINT) reboot, SIGUSR1 halts, SIGUSR2 and SIGPWR power off. */
const ACTIONS: Readonly<Record<number, PowerAction>> = {
  [SIGNALS.TERM]: 'reboot',
  [SIGNALS.INT]: 'reboot',
  [SIGNALS.USR1]: 'halt',
  [SIGNALS.USR2]: 'poweroff',
  [SIGNALS.PWR]: 'poweroff',
};

export function signalFor(action: PowerAction): 'TERM' | 'USR1' | 'USR2' {
  return action === 'reboot' ? 'TERM' : action === 'halt' ? 'USR1' : 'USR2';
}

export function listenForPower(host: SystemHost, onRequest: (action: PowerAction) => void): void {
  host.kernel.setCtrlAltDel(false);
  host.children.onSignal(Object.values(SIGNALS), (signal) => {
    const action = ACTIONS[signal];
    if (action !== undefined) onRequest(action);
  });
}

const EV_KEY = 1;
const KEY_POWER = 116;
const KEY_PRESSED = 1;
/** struct input_event on 64-bit: two 8-byte times, u16 type, u16 code, s32 value. */
const INPUT_EVENT_BYTES = 24;

/** Input devices that can send KEY_POWER, by the bit in their capabilities. */
export function findPowerButtons(host: Pick<SystemHost, 'files'>): string[] {
  const folder = '/sys/class/input';
  if (!host.files.exists(folder)) return [];
  return host.files.list(folder).filter((name) => name.startsWith('event') && hasKey(host.files.readTextIfPresent(`${folder}/${name}/device/capabilities/key`) ?? '', KEY_POWER)).map((name) => `/dev/input/${name}`);
}

/** The kernel prints the bits as 64-bit words in hexadecimal, the highest first. */
export function hasKey(capabilities: string, key: number): boolean {
  const words = capabilities.trim().split(/\s+/).toReversed();
  const word = words[Math.floor(key / 64)];
  return word !== undefined && word !== '' && (BigInt(`0x${word}`) >> BigInt(key % 64)) % 2n === 1n;
}

export function isPowerKey(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + INPUT_EVENT_BYTES <= bytes.length; at += INPUT_EVENT_BYTES) {
    if (view.getUint16(at + 16, true) === EV_KEY && view.getUint16(at + 18, true) === KEY_POWER && view.getInt32(at + 20, true) === KEY_PRESSED) return true;
  }
  return false;
}

/** Listens on one button until its device goes away. */
export async function watchPowerButton(host: SystemHost, device: string, onPress: () => void): Promise<void> {
  const source = host.children.source(host.children.openDescriptor(device, 'read-write'));
  for (let bytes = await source.read(); bytes !== undefined; bytes = await source.read()) if (isPowerKey(bytes)) onPress();
}
