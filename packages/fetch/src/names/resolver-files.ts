// What the machine says about names: /etc/resolv.conf (resolv.conf(5)) and /etc/hosts (hosts(5)).

export interface ResolverSettings {
  /** Addresses, at most three, as in every resolver. */
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** A name with at least so many dots is tried as it is first. */
  readonly dots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
}

export function parseResolvConf(text: string): ResolverSettings {
  const servers: string[] = [];
  let search: string[] = [];
  const numbers: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.replace(/[#;].*/, '').trim().split(/\s+/);
    if (word === 'nameserver' && rest[0] !== undefined) servers.push(rest[0].replace(/%.*/, ''));
    else if (word === 'search' || word === 'domain') search = rest;
    else if (word === 'options') {
      for (const option of rest) {
        const [name = '', value = ''] = option.split(':');
        if (/^\d+$/.test(value)) numbers[name] = Number(value);
      }
    }
  }
  const bounded = (name: string, fallback: number, most: number): number => Math.max(1, Math.min(numbers[name] ?? fallback, most));
  return { servers: servers.slice(0, 3), search: search.slice(0, 6), dots: bounded('ndots', 1, 15), timeoutMs: bounded('timeout', 3, 10) * 1000, attempts: bounded('attempts', 2, 5) };
}

/** The names to ask for, in their order; one that ends in a dot is complete. */
export function candidateNames(name: string, { search, dots }: Pick<ResolverSettings, 'search' | 'dots'>): string[] {
  if (name.endsWith('.')) return [name];
  const extended = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= dots ? [name, ...extended] : [...extended, name];
}

export function findInHosts(text: string, name: string): string[] {
  const wanted = name.replace(/\.$/, '').toLowerCase();
  return text.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address !== undefined && names.some((one) => one.toLowerCase() === wanted) ? [address] : [];
  });
}
