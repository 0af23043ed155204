// What two engines can't agree on by nature, replaced by its kind: ids, times, data roots, widths of columns.

interface Rule {
  readonly pattern: RegExp;
  readonly by: string;
}

const AMOUNT = '(?:Less than a second|About (?:a minute|an hour)|\\d+ (?:seconds?|minutes?|hours?))';

const RULES: readonly Rule[] = [
  { pattern: /\/var\/lib\/(?:docker\/data|system-docker)\b/g, by: '<data-root>' },
  { pattern: /\/run\/(?:dockerd|system-docker)\b/g, by: '<exec-root>' },
  { pattern: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, by: '<time>' },
  { pattern: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} [A-Z]+/g, by: '<time>' },
  { pattern: new RegExp(`Up ${AMOUNT}`, 'g'), by: 'Up <a while>' },
  { pattern: new RegExp(`${AMOUNT} ago`, 'g'), by: '<a while> ago' },
  { pattern: /\b[0-9a-f]{64}\b/g, by: '<id>' },
  { pattern: /\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{12}\b/g, by: '<short id>' },
  // A short id of digits alone.
  { pattern: /\b\d{12}\b/g, by: '<short id>' },
  { pattern: / {2,}/g, by: '  ' },
  { pattern: / +$/gm, by: '' },
];

export function normalise(text: string): string {
  return RULES.reduce((so, { pattern, by }) => so.replace(pattern, by), text);
}
