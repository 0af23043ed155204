// Text tables: left-aligned columns, as wide as their widest cell, three spaces apart, no trailing blanks.

export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, [...cell].length)));
  return rows
    .map((row) => row.map((cell, i) => cell + ' '.repeat(widths[i]! - [...cell].length)).join('   ').trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}
