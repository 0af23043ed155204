// What PID 1 has to say: to the kernel log (so that `dmesg` has it, in order with the kernel's own) and to every
// console, whatever the console log level of the kernel.

import { encodeUtf8 } from '@drover/core';
import type { Files, SystemHost } from '@drover/host';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export interface LogSink {
  write(level: LogLevel, text: string): void;
  readonly debug: boolean;
}

export interface PhaseReport {
  readonly name: string;
  /** "3/9" */
  readonly position: string;
  readonly took: string;
  readonly remarks: string;
}

export class BootLog {
  private readonly sink: LogSink;

  constructor(sink: LogSink) {
    this.sink = sink;
  }

  debug(text: string): void {
    if (this.sink.debug) this.sink.write('debug', text);
  }

  info(text: string): void {
    this.sink.write('info', text);
  }

  warning(text: string): void {
    this.sink.write('warning', text);
  }

  error(text: string): void {
    this.sink.write('error', text);
  }

  phase({ name, position, took, remarks }: PhaseReport): void {
    this.info(`${name} (${position}): done, ${took}${remarks === '' ? '' : `: ${remarks}`}`);
  }
}

/** Syslog priorities, facility daemon (3). */
const PRIORITY: Readonly<Record<LogLevel, number>> = { debug: 31, info: 30, warning: 28, error: 27 };

/** Longest line /dev/kmsg takes, with room for its prefix. */
const KMSG_LIMIT_BYTES = 900;

/** One line. Without its end the kernel would hold it back until somebody says something more. */
export function writeKernelLog(files: Pick<Files, 'append'>, level: LogLevel, line: string): void {
  const record = encodeUtf8(`<${PRIORITY[level]}>ros: ${line}`).subarray(0, KMSG_LIMIT_BYTES);
  files.append('/dev/kmsg', Uint8Array.of(...record, 10));
}

/** Devices of /sys/class/tty/console/active; the kernel's own idea of where its messages go. */
export function activeConsoles(host: Pick<SystemHost, 'files'>): string[] {
  const names = host.files.readTextIfPresent('/sys/class/tty/console/active')?.trim().split(/\s+/) ?? [];
  return names.filter((name) => name !== '').map((name) => `/dev/${name === 'tty0' ? 'tty1' : name}`);
}

/** Never throws: a log that can't be written must not stop a boot. */
export function openSystemLog(host: SystemHost, debug: boolean): LogSink {
  let consoles: string[] = [];
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch {
      // The consoles and /dev/kmsg do not exist before the early mounts, and there is nowhere else to say so.
    }
  };
  return {
    debug,
    write(level, text) {
      const seconds = (host.kernel.uptimeMs() / 1000).toFixed(3).padStart(8);
      if (consoles.length === 0) quietly(() => (consoles = activeConsoles(host)));
      for (const line of text.split('\n')) {
        quietly(() => writeKernelLog(host.files, level, line));
        const mark = level === 'error' ? 'ERROR: ' : level === 'warning' && !line.includes(': warning: ') ? 'warning: ' : '';
        const shown = line.startsWith(' ') ? line : mark + line;
        for (const path of consoles.length === 0 ? ['/dev/console'] : consoles) quietly(() => host.files.append(path, `[${seconds}] ${shown}\r\n`));
      }
    },
  };
}
