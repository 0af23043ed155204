// Names of images: `[registry/]path[:tag][@digest]`. Docker Hub's own prefixes are left out, as Docker shows names.

export interface ImageReference {
  /** Without tag and digest: `drover/os-console`, `busybox`, `registry.local:5000/x`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^\w[\w.-]{0,127}$/;

/** Undefined when it is not the name of an image. */
export function parseImageReference(text: string): ImageReference | undefined {
  const [name = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) return undefined;
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  const repository = (colon < 0 ? name : name.slice(0, colon)).replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
  if (!REPOSITORY.test(repository) || (tag !== undefined && !TAG.test(tag))) return undefined;
  return { repository, tag, digest };
}

/** As Docker prints it; without tag or digest it means `latest`. */
export function renderImageReference({ repository, tag, digest }: ImageReference): string {
  if (digest !== undefined) return `${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`;
  return `${repository}:${tag ?? 'latest'}`;
}
