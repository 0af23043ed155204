// `environment:` of a service, where names without a value stand for those of `rancher.environment`.

/**
 * Lines NAME=VALUE for the container of `service`. `NAME` and `NAME=` are looked up in `known`, first as `SERVICE/NAME`,
 * then as `NAME`; `PREFIX*` stands for all names that begin so, again those of the service first, and all of them only
 * when it has none. What is not known is left out; a line with a value stays as it is.
 */
export function lookUpEnvironment(lines: readonly string[], service: string, known: ReadonlyMap<string, string>): string[] {
  return lines.flatMap((line) => {
    const equals = line.indexOf('=');
    if (equals >= 0 && equals < line.length - 1) return [line];
    const name = equals < 0 ? line : line.slice(0, equals);
    if (name.endsWith('*')) return lookUpPattern(name.slice(0, -1), service, known);
    const value = known.get(`${service}/${name}`) ?? known.get(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
}

/** In the order of names, so that a container is not made anew because a map was written in another order. */
function lookUpPattern(prefix: string, service: string, known: ReadonlyMap<string, string>): string[] {
  const own = `${service}/`;
  const names = [...known.keys()].sort();
  const ofService = names.filter((name) => name.startsWith(`${own}${prefix}`)).map((name) => name.slice(own.length));
  // Names with a slash are for other services.
  const found = ofService.length > 0 ? ofService : names.filter((name) => name.startsWith(prefix) && !name.includes('/'));
  return found.map((name) => `${name}=${known.get(own + name) ?? known.get(name)!}`);
}
