// The engine's log: one line an event on stderr, in dockerd's own format, so that what reads one reads the other.

import { explain } from '@drover/core';

const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

export type LogLevel = (typeof LEVELS)[number];

export function isLogLevel(text: string): text is LogLevel {
  return (LEVELS as readonly string[]).includes(text);
}

export type LogFacts = Readonly<Record<string, string | number | undefined>>;

export class EngineLog {
  private readonly print: (text: string) => void;
  private readonly now: () => number;
  private readonly threshold: number;

  constructor(print: (text: string) => void, now: () => number, level: LogLevel) {
    this.print = print;
    this.now = now;
    this.threshold = LEVELS.indexOf(level);
  }

  debug(message: string, facts?: LogFacts): void {
    this.write('debug', message, facts);
  }

  info(message: string, facts?: LogFacts): void {
    this.write('info', message, facts);
  }

  warn(message: string, facts?: LogFacts): void {
    this.write('warn', message, facts);
  }

  error(message: string, facts?: LogFacts): void {
    this.write('error', message, facts);
  }

  private write(level: LogLevel, message: string, facts: LogFacts = {}): void {
    if (LEVELS.indexOf(level) < this.threshold) return;
    const pairs = Object.entries(facts).filter(([, value]) => value !== undefined);
    const tail = pairs.map(([name, value]) => ` ${name}=${quote(String(value))}`).join('');
    this.print(`time="${new Date(this.now()).toISOString()}" level=${level === 'warn' ? 'warning' : level} msg=${quote(message)}${tail}\n`);
  }

  /** For work that nobody waits for: its failure is a line of the log. */
  background(what: string, work: Promise<unknown>, facts?: LogFacts): void {
    work.catch((error: unknown) => this.error(`${what} failed: ${explain(error)}`, facts));
  }
}

function quote(text: string): string {
  return /^[\w./:@+-]+$/.test(text) ? text : JSON.stringify(text);
}
