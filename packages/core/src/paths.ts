// POSIX paths as text.

/** Joins and normalises: no doubled slashes, no "." and, where possible, no "..". */
export function join(...parts: readonly string[]): string {
  const text = parts.filter((part) => part !== '').join('/');
  const absolute = text.startsWith('/');
  const out: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (part !== '..' || !absolute) out.push(part);
  }
  return (absolute ? '/' : '') + out.join('/') || (absolute ? '/' : '.');
}

/** `path` as seen from `folder`: an absolute one is itself. */
export function resolvePath(folder: string, path: string): string {
  return path.startsWith('/') ? join(path) : join(folder, path);
}

export function dirname(path: string): string {
  const at = path.replace(/\/+$/, '').lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
}

export function basename(path: string): string {
  const clean = path.replace(/\/+$/, '');
  return clean.slice(clean.lastIndexOf('/') + 1);
}

/** Whether `path` is `parent` or lies below it; both absolute. */
export function isWithin(parent: string, path: string): boolean {
  const [a, b] = [join(parent), join(path)];
  return a === '/' || a === b || b.startsWith(`${a}/`);
}
