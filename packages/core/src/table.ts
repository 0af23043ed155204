// Text tables: left-aligned columns, as wide as their widest cell, three spaces apart, no trailing blanks.

export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, width(cell))));
  return rows
    .map((row) => row.map((cell, i) => cell + ' '.repeat(widths[i]! - width(cell))).join('   ').trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** In code points: wide enough for what we print. */
function width(text: string): number {
  return Array.from(text).length;
}
