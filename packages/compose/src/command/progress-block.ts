// Progress on a terminal, as Docker Compose shows it: a block with a line for each thing, written over as it changes.

import { formatMs } from '@drover/core';
import type { Progress } from '../apply/apply-plan.ts';
import type { ProgressPrinter } from './progress-lines.ts';
import { subjectOf, wordOf } from './progress-lines.ts';

interface Line {
  readonly word: string;
  readonly state: Progress['state'];
  readonly tookMs: number;
}

const MARKS: Readonly<Record<Progress['state'], string>> = { started: '⠿', done: '✔', failed: '✘', skipped: '-' };

export class ProgressBlock implements ProgressPrinter {
  private readonly lines = new Map<string, Line>();
  private drawn = 0;
  private readonly print: (text: string) => void;

  constructor(print: (text: string) => void) {
    this.print = print;
  }

  show(progress: Progress): void {
    const subject = subjectOf(progress);
    const before = this.lines.get(subject)?.tookMs ?? 0;
    this.lines.set(subject, { word: wordOf(progress), state: progress.state, tookMs: before + (progress.tookMs ?? 0) });
    this.draw();
  }

  /** Goes below the block, which is drawn anew behind it. */
  say(line: string): void {
    this.print(`${this.erase()}${line}\n`);
    this.drawn = 0;
    this.draw();
  }

  private erase(): string {
    return this.drawn === 0 ? '' : `\x1b[${this.drawn}A\x1b[J`;
  }

  private draw(): void {
    const entries = [...this.lines];
    const done = entries.filter(([, { state }]) => state !== 'started').length;
    const width = Math.max(...entries.map(([subject]) => subject.length));
    const rows = entries.map(([subject, { word, state, tookMs }]) => ` ${MARKS[state]} ${subject.padEnd(width)}  ${word.padEnd(12)} ${state === 'started' ? '' : formatMs(tookMs)}`.trimEnd());
    this.print(`${this.erase()}[+] Running ${done}/${entries.length}\n${rows.map((row) => `${row}\n`).join('')}`);
    this.drawn = rows.length + 1;
  }
}
