// A shell for the moment when there is no file system with a real one: enough to look around, mount, load a module,
// and try again.

import { encodeUtf8, explain, splitWords } from '@drover/core';
import type { ByteSink, PowerAction, SystemHost } from '@drover/host';
import { readLines } from '@drover/host';
import { listBlockDevices, probeContent } from './block-devices.ts';
import type { RescueOutcome } from './phases.ts';

type Command = readonly [usage: string, run: (host: SystemHost, args: readonly string[]) => string];

const COMMANDS: Readonly<Record<string, Command>> = {
  ls: ['ls [DIRECTORY]', ({ files }, [path = '/']) => files.list(path).map((name) => `${name}\n`).join('')],
  cat: ['cat FILE', ({ files }, [path = '']) => files.readText(path)],
  disks: ['disks: block devices and what is on them', (host) => listBlockDevices(host).map((disk) => `${disk.path} ${disk.sizeBytes} bytes ${describe(host, disk.path)}\n`).join('')],
  mount: ['mount TYPE DEVICE DIRECTORY', ({ mounts, files }, [type = '', source = '', target = '']) => (files.makeDirectory(target), mounts.mount({ source, target, type, flags: [] }), '')],
  umount: ['umount DIRECTORY', ({ mounts }, [target = '']) => (mounts.unmount(target), '')],
  insmod: ['insmod FILE [PARAMETER...]', ({ kernel }, [path = '', ...parameters]) => (kernel.loadModule(path, parameters.join(' ')), '')],
  reboot: ['reboot', power('reboot')],
  poweroff: ['poweroff', power('poweroff')],
};

function power(action: PowerAction): Command[1] {
  return (host) => {
    host.kernel.sync();
    host.kernel.power(action);
    return '';
  };
}

function describe(host: SystemHost, path: string): string {
  const content = probeContent(host.files, path);
  return content === undefined ? 'unknown or empty' : `${content.type} ${content.label}`;
}

export class BuiltinShell {
  private readonly host: SystemHost;
  private readonly console: string;

  constructor(host: SystemHost, console: string) {
    this.host = host;
    this.console = console;
  }

  async run(continueCode: number): Promise<RescueOutcome> {
    const { children } = this.host;
    const source = children.source(children.openDescriptor(this.console, 'read-write'));
    const sink = children.sink(children.openDescriptor(this.console, 'read-write'));
    try {
      await this.print(sink, '[rescue] # ');
      for await (const line of readLines(source)) {
        const [command, ...args] = splitWords(line) ?? [line];
        if (command === 'exit' || command === 'retry') return Number(args[0] ?? 0) === continueCode ? 'continue' : 'retry';
        await this.print(sink, `${this.answer(command, args)}[rescue] # `);
      }
      return await new Promise(() => undefined); // this console is gone; another may still have somebody at it
    } finally {
      source.close();
      sink.close();
    }
  }

  private answer(name: string | undefined, args: readonly string[]): string {
    if (name === undefined) return '';
    const command = COMMANDS[name];
    if (command === undefined) {
      const usages = Object.values(COMMANDS).map(([usage]) => `  ${usage}\n`);
      return `${name === 'help' ? '' : `no such command: ${name}\n`}commands:\n${usages.join('')}  exit: try again what failed\n`;
    }
    try {
      return command[1](this.host, args.filter((arg) => arg !== '-f'));
    } catch (error) {
      return `${name}: ${explain(error)}\n`;
    }
  }

  private print(sink: ByteSink, text: string): Promise<void> {
    return sink.write(encodeUtf8(text.replace(/\n/g, '\r\n')));
  }
}
