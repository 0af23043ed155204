// The part of Go's text/template that RancherOS's own templates use: {{.NAME}}, if / else if / else / end, eq ne and or not,
// comments, and `-` beside a brace, which takes the white space on that side away.
// https://pkg.go.dev/text/template

import { RosError } from '@drover/core';

type Data = ReadonlyMap<string, string>;

/** A name that is not in `data` is empty. Throws `bad-template` with the line. */
export function expandTemplate(template: string, data: Data): string {
  const tokens = splitTemplate(template);
  const { text, end } = expandUntil(tokens, 0, data, true);
  if (end < tokens.length) throw complain(tokens[end]!, `{{${tokens[end]!.text}}} belongs to no {{if}}`);
  return text;
}

interface Token {
  readonly kind: 'text' | 'action';
  readonly text: string;
  readonly line: number;
}

function complain({ line }: Pick<Token, 'line'>, message: string): RosError {
  return new RosError('bad-template', `line ${line}: ${message}`, { hint: 'known are .NAME, if, else, end, eq, ne, and, or, not' });
}

function splitTemplate(template: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  const lineAt = (offset: number): number => template.slice(0, offset).split('\n').length;
  const addText = (end: number, trimEnd: boolean): void => {
    let text = template.slice(at, end);
    if (trimNext) text = text.trimStart();
    if (trimEnd) text = text.trimEnd();
    if (text !== '') tokens.push({ kind: 'text', text, line: lineAt(at) });
  };
  for (const match of template.matchAll(/\{\{(-(?=\s))?((?:"[^"\n]*"|`[^`]*`|\/\*[\s\S]*?\*\/|(?!\}\})[\s\S])*?)(\s-)?\}\}/g)) {
    addText(match.index, match[1] !== undefined);
    tokens.push({ kind: 'action', text: match[2]!.trim(), line: lineAt(match.index) });
    at = match.index + match[0].length;
    trimNext = match[3] !== undefined;
  }
  const open = template.indexOf('{{', at);
  if (open >= 0) throw complain({ line: lineAt(open) }, '{{ is never closed');
  addText(template.length, false);
  return tokens;
}

/** Up to the `else` or `end` that is not of this part. With `active` false nothing is evaluated, only skipped. */
function expandUntil(tokens: readonly Token[], start: number, data: Data, active: boolean): { readonly text: string; readonly end: number } {
  let text = '';
  let at = start;
  while (at < tokens.length) {
    const token = tokens[at]!;
    if (token.kind === 'text') text += active ? token.text : '';
    else if (/^(?:else\b|end$)/.test(token.text)) break;
    else if (/^if\b/.test(token.text)) {
      const inner = expandIf(tokens, at, data, active);
      text += inner.text;
      at = inner.end;
    } else if (active && !/^\/\*[\s\S]*\*\/$/.test(token.text)) text += String(evaluate(token, token.text, data));
    at += 1;
  }
  return { text, end: at };
}

/** `end` is the index of its {{end}}. */
function expandIf(tokens: readonly Token[], start: number, data: Data, active: boolean): { readonly text: string; readonly end: number } {
  let text = '';
  let taken = !active;
  let at = start;
  for (;;) {
    const token = tokens[at];
    if (token === undefined) throw complain(tokens[start]!, '{{if}} has no {{end}}');
    if (token.text === 'end') return { text, end: at };
    const condition = token.text.replace(/^else\b\s*/, '').replace(/^if\b\s*/, '');
    const chosen = !taken && (token.text === 'else' || isTrue(evaluate(token, condition, data)));
    const part = expandUntil(tokens, at + 1, data, chosen);
    text += part.text;
    taken ||= chosen;
    at = part.end;
  }
}

type Result = string | number | boolean;

function isTrue(value: Result): boolean {
  return value !== '' && value !== 0 && value !== false;
}

const FUNCTIONS: Readonly<Record<string, (args: readonly Result[]) => Result>> = {
  eq: ([first, ...others]) => others.includes(first!),
  ne: ([a, b]) => a !== b,
  not: ([value]) => !isTrue(value!),
  and: (args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1)!,
  or: (args) => args.find(isTrue) ?? args.at(-1)!,
};

function evaluate(token: Token, expression: string, data: Data): Result {
  const words = expression.match(/"[^"]*"|`[^`]*`|[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const term = (): Result => {
    const word = words[at++];
    if (word === undefined) throw complain(token, `a value is missing in {{${token.text}}}`);
    if (word === '(') {
      const value = call();
      if (words[at++] !== ')') throw complain(token, `a bracket is not closed in {{${token.text}}}`);
      return value;
    }
    if (/^["`]/.test(word)) return word.slice(1, -1);
    if (/^\.\w+$/.test(word)) return data.get(word.slice(1)) ?? '';
    if (word === 'true' || word === 'false') return word === 'true';
    if (/^-?\d+$/.test(word)) return Number(word);
    throw complain(token, `cannot do ${word} in {{${token.text}}}`);
  };
  const call = (): Result => {
    const name = words[at];
    const known = name !== undefined && Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (known === undefined) return term();
    at += 1;
    const args: Result[] = [];
    while (at < words.length && words[at] !== ')') args.push(term());
    const least = name === 'eq' || name === 'ne' ? 2 : 1;
    if (args.length < least) throw complain(token, `${name!} needs ${least} values in {{${token.text}}}`);
    return known(args);
  };
  const value = call();
  if (at < words.length) throw complain(token, `cannot do ${words[at]!} in {{${token.text}}}`);
  return value;
}
