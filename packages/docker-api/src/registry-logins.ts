// Logins for registries as `docker login` keeps them: in the folder of the docker command (~/.docker/config.json), or
// with a credential helper that this file names (the protocol of docker-credential-helpers: the registry's address on
// standard input, JSON on standard output).

import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8, messageOf, RosError } from '@drover/core';
import type { Host } from '@drover/host';

/** The names are those of the API's header. */
export interface RegistryLogin {
  readonly username?: string;
  readonly password?: string;
  /** In place of a password. */
  readonly identitytoken?: string;
  readonly serveraddress?: string;
}

interface ConfigFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly username?: string; readonly password?: string; readonly identitytoken?: string }>>;
  /** The helper for all registries, and those for single ones. */
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** Docker Hub's name in this file. */
const HUB = 'https://index.docker.io/v1/';
/** The user name by which a helper says that its secret is a token. */
const TOKEN = '<token>';
const HELPER_MS = 30_000;

/** The address under which the login for an image is kept. */
export function registryOf(image: string): string {
  const [first, ...rest] = image.split('/') as [string, ...string[]];
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return !isHost || first === 'docker.io' || first === 'index.docker.io' ? HUB : first;
}

/** What the header X-Registry-Auth or, with a map of logins, X-Registry-Config carries. */
export function loginHeader(login: RegistryLogin | Readonly<Record<string, RegistryLogin>>): string {
  return encodeBase64(encodeUtf8(JSON.stringify(login))).replace(/\+/g, '-').replace(/\//g, '_');
}

export class RegistryLogins {
  private readonly host: Pick<Host, 'processes'>;
  private readonly path: string;
  private readonly file: ConfigFile;

  /** Throws `bad-docker-config`. No file: no logins. */
  constructor(host: Pick<Host, 'files' | 'processes'>, path: string) {
    this.host = host;
    this.path = path;
    const text = host.files.readTextIfPresent(path);
    try {
      this.file = text === undefined ? {} : (JSON.parse(text) as ConfigFile);
    } catch (error) {
      throw new RosError('bad-docker-config', `${path} is no JSON: ${messageOf(error)}`, { hint: 'mend it, or move it away and run docker login' });
    }
  }

  /** Throws `bad-docker-config`, `credential-helper`. */
  async forImage(image: string): Promise<RegistryLogin | undefined> {
    return this.forRegistry(registryOf(image));
  }

  /** All there are, by registry: a build may start from any image. */
  async all(): Promise<Readonly<Record<string, RegistryLogin>>> {
    const registries = new Set([...Object.keys(this.file.auths ?? {}), ...Object.keys(this.file.credHelpers ?? {})]);
    const found = await Promise.all([...registries].map(async (registry) => [registry, await this.forRegistry(registry)] as const));
    return Object.fromEntries(found.flatMap(([registry, login]) => (login === undefined ? [] : [[registry, login] as const])));
  }

  private async forRegistry(registry: string): Promise<RegistryLogin | undefined> {
    const { auths = {}, credHelpers = {}, credsStore } = this.file;
    const helper = credHelpers[registry] ?? credHelpers[hostOf(registry)] ?? credsStore;
    if (helper !== undefined && helper !== '') return this.askHelper(helper, registry);
    const key = Object.keys(auths).find((one) => one === registry) ?? Object.keys(auths).find((one) => hostOf(one) === hostOf(registry));
    if (key === undefined) return undefined;
    const { auth, identitytoken, ...plain } = auths[key]!;
    const decoded = auth === undefined || auth === '' ? undefined : decodeBase64(auth);
    const pair = decoded === undefined ? undefined : decodeUtf8(decoded).replace(/\0+$/, '');
    if (auth !== undefined && auth !== '' && pair?.includes(':') !== true) throw new RosError('bad-docker-config', `${this.path}: the login for ${key} is no USER:PASSWORD in base64`, { hint: `run docker login ${key}` });
    const [username, password] = pair === undefined ? [plain.username, plain.password] : [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)];
    if (username === undefined && identitytoken === undefined) return undefined;
    return { ...(username !== undefined && { username }), ...(identitytoken === undefined ? password !== undefined && { password } : { identitytoken }), serveraddress: registry };
  }

  private async askHelper(helper: string, registry: string): Promise<RegistryLogin | undefined> {
    const program = `docker-credential-${helper}`;
    const { code, stdout, stderr } = await this.host.processes.run([program, 'get'], { input: registry, timeoutMs: HELPER_MS });
    // What helpers agreed to say when they know nothing.
    if (code !== 0 && /credentials not found/i.test(stdout + stderr)) return undefined;
    const failed = (why: string): RosError => new RosError('credential-helper', `${program}, which ${this.path} names for ${registry}, ${why}`);
    if (code !== 0) throw failed(`ended with ${code}: ${(stdout + stderr).trim().slice(0, 200)}`);
    try {
      const { Username, Secret } = JSON.parse(stdout) as { readonly Username: string; readonly Secret: string };
      return Username === TOKEN ? { identitytoken: Secret, serveraddress: registry } : { username: Username, password: Secret, serveraddress: registry };
    } catch {
      // Not what it said: that may be a password.
      throw failed('did not answer with JSON');
    }
  }
}

/** Older files have whole addresses: https://HOST/v1/. */
function hostOf(registry: string): string {
  return registry.replace(/^https?:\/\//, '').split('/', 1)[0]!;
}
