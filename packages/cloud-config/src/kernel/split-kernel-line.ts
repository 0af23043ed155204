// The kernel command line as words. Light on purpose: PID 1 calls this before anything else is up.

export interface KernelLine {
  readonly words: readonly string[];
  /** What follows ` -- `: the kernel gives it to init only, and RancherOS keeps it from most views. */
  readonly elided: readonly string[];
}

/** As RancherOS: any character that Unicode calls a quotation mark, closed by the same one. */
const QUOTES = '"\'\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a';

/** A line with more open brackets than this is garbage: the next ones are taken as they are, without a search. */
const OPEN_BRACKETS_LIMIT = 8;

/**
 * Splits at blanks. Quotes that open a word or a value and `[...]` hold a group together; a quote or bracket that is
 * never closed is an ordinary character, so one slip does not swallow the rest of the line.
 */
export function splitKernelLine(line: string): KernelLine {
  // GRUB and others put a backslash before quotes; RancherOS drops it first.
  const text = line.replace(/\\(["'])/g, '$1');
  const words: string[] = [];
  const budget = { openBrackets: OPEN_BRACKETS_LIMIT };
  let at = 0;
  while (at < text.length) {
    if (isBlank(text[at]!)) {
      at += 1;
      continue;
    }
    const end = endOfWord(text, at, budget);
    words.push(unquoteWord(text.slice(at, end)));
    at = end;
  }
  const mark = words.indexOf('--');
  return mark < 0 ? { words, elided: [] } : { words: words.slice(0, mark), elided: words.slice(mark + 1) };
}

/** Each value of a word that may be repeated, such as `console`; a word without a value gives "". */
export function kernelWordValues(line: KernelLine, name: string): string[] {
  const found: string[] = [];
  for (const word of line.words) {
    if (word === name) found.push('');
    else if (word.startsWith(`${name}=`)) found.push(word.slice(name.length + 1));
  }
  return found;
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

function isQuote(character: string): boolean {
  return QUOTES.includes(character);
}

function endOfWord(text: string, start: number, budget: { openBrackets: number }): number {
  let at = start;
  while (at < text.length && !isBlank(text[at]!)) {
    const opens = at === start || text[at - 1] === '=';
    let end = -1;
    if (opens && isQuote(text[at]!)) end = text.indexOf(text[at]!, at + 1);
    else if (opens && text[at] === '[' && budget.openBrackets > 0) {
      end = endOfBrackets(text, at);
      if (end < 0) budget.openBrackets -= 1;
    }
    at = end < 0 ? at + 1 : end + 1;
  }
  return at;
}

/** The offset of the bracket that closes the one at `start`, or -1. Quotes count where an item begins. */
function endOfBrackets(text: string, start: number): number {
  let depth = 0;
  let itemBegins = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]!;
    if (itemBegins && isQuote(character)) {
      const end = text.indexOf(character, at + 1);
      if (end > 0) at = end;
    } else if (character === '[') {
      depth += 1;
    } else if (character === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
    itemBegins = character === '[' || character === ',' || (itemBegins && isBlank(character));
  }
  return -1;
}

/** `"rancher.x=a b"` is how the kernel itself writes a value with blanks: the quotes are around the whole word. */
function unquoteWord(word: string): string {
  const quote = word[0]!;
  return isQuote(quote) && word.length > 1 && word.endsWith(quote) && word.indexOf(quote, 1) === word.length - 1 ? word.slice(1, -1) : word;
}
