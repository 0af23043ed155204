// `dhcp_args`, dhcpcd's command line for one link, as lines of dhcpcd.conf: one dhcpcd looks after all links.

import { splitWords } from '@drover/core';

/** dhcpcd(8): short option -> long one, which is also the word of dhcpcd.conf. A colon: it takes a value. */
const OPTIONS: Readonly<Record<string, string>> = {
  1: 'oneshot', 4: 'ipv4only', 6: 'ipv6only', A: 'noarp', C: 'nohook:', D: 'duid', E: 'lastlease', F: 'fqdn:', G: 'nogateway', H: 'xidhwaddr', I: 'clientid:', J: 'broadcast',
  K: 'nolink', L: 'noipv4ll', O: 'nooption:', Q: 'require:', S: 'static:', W: 'whitelist:', X: 'blacklist:', e: 'env:', h: 'hostname:', i: 'vendorclassid:', l: 'leasetime:', m: 'metric:',
  o: 'option:', p: 'persistent', r: 'request:', s: 'inform:', t: 'timeout:', u: 'userclass:', v: 'vendor:', y: 'reboot:',
};
/** What is so anyway, or concerns how dhcpcd runs and not a link. A colon: it takes a value. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = { B: 'nobackground', M: 'manager', P: 'printpidfile', b: 'background', d: 'debug', q: 'quiet', w: 'waitip', f: 'config:', j: 'logfile:', master: 'master' };

export interface DhcpArguments {
  readonly lines: readonly string[];
  /** What was not understood, as words for a message. */
  readonly unknown?: string;
}

export function parseDhcpArguments(text: string): DhcpArguments {
  const [program, ...args] = splitWords(text) ?? [text];
  if (program === undefined) return { lines: [] };
  if (program !== 'dhcpcd' && !program.endsWith('/dhcpcd')) return { lines: [], unknown: `${program} is not dhcpcd` };
  const lines: string[] = [];
  const unknown: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    for (const { option, value } of splitArgument(args[i]!)) {
      const spec = OPTIONS[option] ?? findLong(OPTIONS, option) ?? WITHOUT_EFFECT[option] ?? findLong(WITHOUT_EFFECT, option);
      if (spec === undefined) unknown.push(option);
      else {
        const given = spec.endsWith(':') ? value ?? args[(i += 1)] : undefined;
        if (isEffective(spec)) lines.push([spec.replace(':', ''), ...(given === undefined ? [] : [given])].join(' '));
      }
    }
  }
  return { lines, ...(unknown.length > 0 && { unknown: `dhcpcd has no option ${unknown.join(', ')} for a link` }) };
}

/** `--long=value`, `--long`, and `-MA4`, of which the last letter that takes a value has the rest of the word. */
function splitArgument(word: string): { readonly option: string; readonly value?: string }[] {
  const long = /^--([^=]+)(?:=(.*))?$/.exec(word);
  if (long !== null) return [{ option: long[1]!, ...(long[2] !== undefined && { value: long[2] }) }];
  if (!word.startsWith('-')) return []; // the name of a link: it is this one
  const options: { option: string; value?: string }[] = [];
  for (let i = 1; i < word.length; i += 1) {
    const option = word[i]!;
    const takesValue = (OPTIONS[option] ?? WITHOUT_EFFECT[option] ?? '').endsWith(':');
    const rest = word.slice(i + 1);
    options.push({ option, ...(takesValue && rest !== '' && { value: rest }) });
    if (takesValue) break;
  }
  return options;
}

function findLong(table: Readonly<Record<string, string>>, option: string): string | undefined {
  return Object.values(table).find((spec) => spec.replace(':', '') === option);
}

function isEffective(spec: string): boolean {
  return Object.values(OPTIONS).includes(spec);
}
