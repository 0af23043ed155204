// Values as YAML text, in the style in which RancherOS writes its files: keys sorted, two blanks, lists not indented.

import { isList, isMap, resolvePlain } from '@drover/yaml';
import type { Scalar, Value } from '@drover/yaml';

/** Ends with a line end. Reading it gives the value again, here and in any reader of YAML 1.1 or 1.2. */
export function renderYaml(value: Value): string {
  return `${renderLines(value).join('\n')}\n`;
}

function renderLines(value: Value): string[] {
  if (isList(value)) return value.length === 0 ? ['[]'] : value.flatMap((item) => renderItem(item));
  if (isMap(value)) {
    const keys = Object.keys(value).sort();
    return keys.length === 0 ? ['{}'] : keys.flatMap((key) => renderEntry(renderScalar(key), value[key]!));
  }
  return typeof value === 'string' ? renderText(value) : [renderScalar(value)];
}

function renderEntry(key: string, value: Value): string[] {
  const lines = renderLines(value);
  const isBlock = (isMap(value) || isList(value)) && lines[0] !== '{}' && lines[0] !== '[]';
  if (!isBlock) return [`${key}: ${lines[0]!}`, ...indent(lines.slice(1))];
  return [`${key}:`, ...(isList(value) ? lines : indent(lines))];
}

function renderItem(item: Value): string[] {
  const [first, ...rest] = renderLines(item);
  return [`- ${first!}`, ...indent(rest)];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** Several lines become a literal block where that keeps every character. */
function renderText(text: string): string[] {
  const lines = text.split('\n');
  // A block drops what stands at its ends and takes its depth from the first line.
  const fits = lines.length > 1 && /^[^\s]/.test(text) && !/\n\n$|[^\P{C}\n]|[ \t]$/mu.test(text);
  if (!fits) return [renderScalar(text)];
  return text.endsWith('\n') ? ['|', ...lines.slice(0, -1)] : ['|-', ...lines];
}

function renderScalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? value : JSON.stringify(value);
}

/** Safe without quotes: nothing that YAML gives a meaning, nothing that it takes for a number, a date or a flag. */
function isPlain(text: string): boolean {
  if (!/^(?:-?-(?=[a-z])|[A-Za-z0-9_./$(])[A-Za-z0-9 _./@%+=,:$()~^*-]*$/.test(text) || /: |:$| $/.test(text)) return false;
  return resolvePlain(text) === text && !/^[0-9]+[-:]/.test(text);
}
