// .dockerignore: which files of a folder do not belong to its build context.

/** The last rule that fits decides; `!` takes files back in. */
export function parseIgnoreRules(text: string): (path: string) => boolean {
  const rules = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const negated = line.startsWith('!');
    const pattern = line.slice(negated ? 1 : 0).trim().replace(/^\.?\/+/, '').replace(/\/+$/, '');
    return { negated, pattern: new RegExp(`^${patternText(pattern)}(?:/|$)`) };
  });
  return (path) => rules.reduce((ignored, rule) => (rule.pattern.test(path) ? !rule.negated : ignored), false);
}

function patternText(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\\.|[.+^${}()|\]]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.length > 1 ? part : `\\${part}`;
  });
}
