// One repository of a registry (OCI distribution-spec 1.1, "Pull"): its manifests and blobs, and the ways to be let in.

import { codeOf, encodeBase64, encodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { renderQuery } from '@drover/docker-api';
import { openUrl } from '@drover/fetch';
import type { OpenedUrl } from '@drover/fetch';
import type { SystemHost } from '@drover/host';
import type { RegistryAddress } from './registry-address.ts';

export interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const TEXT_LIMIT_BYTES = 4 << 20;
const HEAD_LIMIT_MS = 60_000;

export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** WWW-Authenticate; undefined when there is none. */
export function parseChallenge(text: string | undefined): Challenge | undefined {
  const [, scheme, rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(text ?? '') ?? [];
  if (scheme === undefined) return undefined;
  return { scheme: scheme.toLowerCase(), parameters: Object.fromEntries([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!.toLowerCase(), value!])) };
}

export class RegistryClient {
  readonly address: RegistryAddress;
  private readonly host: SystemHost;
  private readonly login: Login;
  private readonly cancel: Cancel;
  private authorization: string | undefined;

  constructor(host: SystemHost, address: RegistryAddress, login: Login, cancel: Cancel) {
    this.host = host;
    this.address = address;
    this.login = login;
    this.cancel = cancel;
  }

  /** Any status but "not allowed" is an answer. Throws `registry-denied`, `registry-failed`. */
  async open(target: string, headers: Readonly<Record<string, string>> = {}): Promise<OpenedUrl> {
    const first = await this.ask(target, headers);
    if (first.status !== 401) return first;
    first.body.close();
    await this.logIn(parseChallenge(first.headers.get('www-authenticate')));
    const second = await this.ask(target, headers);
    if (second.status !== 401 && second.status !== 403) return second;
    second.body.close();
    throw new RosError('registry-denied', `pull access denied for ${this.address.path}, repository does not exist or may require 'docker login'`);
  }

  private async ask(target: string, headers: Readonly<Record<string, string>>): Promise<OpenedUrl> {
    return this.openUrl(`${this.address.base}/${target}`, { ...headers, ...(this.authorization !== undefined && { Authorization: this.authorization }) });
  }

  private async openUrl(url: string, headers: Readonly<Record<string, string>>): Promise<OpenedUrl> {
    const { files } = this.host;
    try {
      return await openUrl(this.host, url, { headers, timeoutMs: HEAD_LIMIT_MS, cancel: this.cancel, authorities: () => files.readText(AUTHORITIES), proxyFor: ({ scheme, host }) => this.findProxy(scheme, host) });
    } catch (error) {
      throw new RosError(codeOf(error) ?? 'registry-failed', `asking the registry ${this.address.name} failed`, { cause: error });
    }
  }

  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the daemon. */
  private findProxy(scheme: string, name: string): string | undefined {
    const read = (variable: string): string => this.host.processes.env(variable) ?? this.host.processes.env(variable.toLowerCase()) ?? '';
    const exempt = read('NO_PROXY').split(',').map((one) => one.trim().replace(/^\*?\./, '')).filter((one) => one !== '');
    if (exempt.some((one) => one === '*' || name === one || name.endsWith(`.${one}`)) || /^(localhost$|127\.)/.test(name)) return undefined;
    return read(scheme === 'https' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || undefined;
  }

  private async logIn(challenge: Challenge | undefined): Promise<void> {
    const { username = '', password = '' } = this.login;
    const basic = username === '' ? undefined : `Basic ${encodeBase64(encodeUtf8(`${username}:${password}`))}`;
    if (challenge?.scheme === 'bearer') this.authorization = `Bearer ${await this.fetchToken(challenge.parameters, basic)}`;
    else if (basic !== undefined) this.authorization = basic;
    else throw new RosError('registry-denied', `no basic auth credentials for ${this.address.name}`, { hint: 'log in with docker login' });
  }

  /** https://distribution.github.io/distribution/spec/auth/token/ */
  private async fetchToken({ realm = '', service, scope }: Challenge['parameters'], basic: string | undefined): Promise<string> {
    const query = renderQuery({ service, scope: scope ?? `repository:${this.address.path}:pull` });
    const answer = await this.openUrl(`${realm}${query}`, basic === undefined ? {} : { Authorization: basic });
    const text = await this.readText(answer);
    if (answer.status >= 300) throw new RosError('registry-denied', `pull access denied for ${this.address.path}, repository does not exist or may require 'docker login'`, { facts: { status: answer.status } });
    const { token, access_token: other } = JSON.parse(text) as { token?: string; access_token?: string };
    const found = token ?? other;
    if (found === undefined) throw new RosError('registry-failed', `${realm} gave no token`);
    return found;
  }

  async readText(answer: OpenedUrl): Promise<string> {
    try {
      return await answer.body.readText(TEXT_LIMIT_BYTES);
    } finally {
      answer.body.close();
    }
  }
}
