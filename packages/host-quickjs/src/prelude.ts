// The few globals that portable code and libraries expect and that QuickJS lacks. Imported first by main.ts.

import { clearTimer, setTimer } from 'ros:loop';
import { decode, encode } from 'ros:text';

interface Startup {
  readonly args: readonly string[];
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const global = globalThis as unknown as Record<string, unknown> & { readonly __ros: Startup };

class NativeTextEncoder {
  encode(text = ''): Uint8Array {
    return new Uint8Array(encode(text));
  }
}

class NativeTextDecoder {
  decode(bytes: Uint8Array = new Uint8Array(0)): string {
    const text = decode(bytes);
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

function line(write: (text: string) => void): (...parts: unknown[]) => void {
  return (...parts) => write(`${parts.map((part) => (typeof part === 'string' ? part : String(part))).join(' ')}\n`);
}

Object.assign(global, {
  TextEncoder: NativeTextEncoder,
  TextDecoder: NativeTextDecoder,
  setTimeout: (callback: () => void, ms = 0) => setTimer(callback, ms),
  clearTimeout: (id: number | undefined) => id !== undefined && clearTimer(id),
  queueMicrotask: (callback: () => void) => void Promise.resolve().then(callback),
  console: { log: line(global.__ros.out), info: line(global.__ros.out), warn: line(global.__ros.err), error: line(global.__ros.err), debug: line(global.__ros.err) },
});

export const startup: Startup = global.__ros;
