// Signal names and numbers, as the API and images spell them. Numbers are those of amd64 and arm64.

const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1, INT: 2, QUIT: 3, ILL: 4, TRAP: 5, ABRT: 6, IOT: 6, BUS: 7, FPE: 8, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15,
  STKFLT: 16, CHLD: 17, CLD: 17, CONT: 18, STOP: 19, TSTP: 20, TTIN: 21, TTOU: 22, URG: 23, XCPU: 24, XFSZ: 25, VTALRM: 26, PROF: 27, WINCH: 28,
  IO: 29, POLL: 29, PWR: 30, SYS: 31, RTMIN: 34, RTMAX: 64,
};

/** `SIGTERM`, `term`, `15`, `SIGRTMIN+3`; undefined when it is none of these. */
export function parseSignal(text: string): number | undefined {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : named(text.toUpperCase().replace(/^SIG/, ''));
  return number !== undefined && number >= 1 && number <= 64 ? number : undefined;
}

function named(name: string): number | undefined {
  const match = /^(RTMIN|RTMAX)([+-]\d{1,2})$/.exec(name);
  return match === null ? NUMBERS[name] : NUMBERS[match[1]!]! + Number(match[2]);
}
