// One repository of a registry (OCI distribution-spec 1.1): its manifests and blobs, and the ways to be let in.
// INVARIANT: an endpoint that has answered is kept, unless it is a mirror; a login never reaches a mirror.

import { codeOf, encodeBase64, encodeUtf8, messageOf, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { renderQuery } from '@drover/docker-api';
import { openUrl } from '@drover/fetch';
import type { FetchOptions, OpenedUrl } from '@drover/fetch';
import type { Engine } from '../engine.ts';
import { chooseProxy } from '../../network/proxies.ts';
import type { RegistryAddress, RegistryEndpoint } from './registry-address.ts';
import type { Login } from './registry-login.ts';
import { hasLogin } from './registry-login.ts';
import { readAuthorities, readIdentity } from './registry-trust.ts';

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

/** What a registry says is wrong, in moby's form: `denied: requested access to the resource is denied`. */
export function describeFailure(text: string): string {
  try {
    const { errors = [] } = JSON.parse(text) as { readonly errors?: readonly { readonly code?: string; readonly message?: string }[] };
    const said = errors.map(({ code = 'unknown', message = '' }) => `${code.toLowerCase().replaceAll('_', ' ')}: ${message || 'unknown error'}`);
    if (said.length > 0) return said.join('\n');
  } catch {
    // no JSON: as it is
  }
  return text.trim().slice(0, 200);
}

export function appendQuery(url: string, values: Parameters<typeof renderQuery>[0]): string {
  const query = renderQuery(values);
  return url.includes('?') ? `${url}&${query.slice(1)}` : url + query;
}

export interface RegistryRequest {
  readonly method?: NonNullable<FetchOptions['method']>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt. */
  readonly body?: () => NonNullable<FetchOptions['body']>;
  /** For the request and the beginning of the answer; default a minute. */
  readonly timeoutMs?: number;
}

export class RegistryClient {
  readonly address: RegistryAddress;
  private readonly engine: Engine;
  private readonly login: Login;
  private readonly actions: string;
  private readonly cancel: Cancel;
  /** Those that are still to be tried, the one in use first. */
  private endpoints: readonly RegistryEndpoint[];
  private hasAnswered = false;
  private authorization: string | undefined;

  /** `actions`: what a token shall be good for, `pull` or `pull,push`. */
  constructor(engine: Engine, address: RegistryAddress, login: Login, actions: string, cancel: Cancel) {
    this.engine = engine;
    this.address = address;
    this.login = login;
    this.actions = actions;
    this.cancel = cancel;
    this.endpoints = address.endpoints;
  }

  get endpoint(): RegistryEndpoint {
    return this.endpoints[0]!;
  }

  /** `target`: below the repository. Any status but "not allowed" is an answer. Throws `registry-denied`, `registry-failed`. */
  open(target: string, request: RegistryRequest = {}): Promise<OpenedUrl> {
    return this.openFrom(`/v2/${this.address.path}/${target}`, request);
  }

  /** `place`: an address, or a path of the registry. */
  async openFrom(place: string, request: RegistryRequest = {}): Promise<OpenedUrl> {
    for (;;) {
      const { endpoint } = this;
      try {
        const answer = await this.openAt(endpoint, /^https?:/.test(place) ? place : endpoint.origin + place, request);
        if (!endpoint.isMirror || answer.status < 400) {
          this.hasAnswered = true;
          return answer;
        }
        answer.body.close();
        this.leave(endpoint, new RosError('registry-failed', `it answers ${answer.status}`));
      } catch (error) {
        this.leave(endpoint, error);
      }
    }
  }

  /** Throws `error` when there is nowhere else to go. */
  private leave(endpoint: RegistryEndpoint, error: unknown): void {
    if (this.endpoint !== endpoint) return; // another download has left it just now
    const isFinal = !endpoint.isMirror && (this.hasAnswered || codeOf(error) === 'registry-denied');
    if (isFinal || this.endpoints.length === 1 || this.cancel.reason !== undefined) throw error;
    this.engine.log.debug(`${endpoint.origin} is left: ${messageOf(error)}`);
    this.endpoints = this.endpoints.slice(1);
    this.hasAnswered = false;
    this.authorization = undefined;
  }

  private async openAt(endpoint: RegistryEndpoint, url: string, request: RegistryRequest): Promise<OpenedUrl> {
    const first = await this.ask(endpoint, url, request);
    if (first.status !== 401) return first;
    const challenge = parseChallenge(first.headers.get('www-authenticate'));
    first.body.close();
    this.authorization = await this.logIn(endpoint, challenge);
    const second = await this.ask(endpoint, url, request);
    if (second.status !== 401 && second.status !== 403) return second;
    throw this.denied(describeFailure(await this.readText(second)), second.status);
  }

  private denied(why: string, status: number): RosError {
    const words = this.actions === 'pull' ? `pull access denied for ${this.address.path}, repository does not exist or may require 'docker login': ${why}` : why;
    return new RosError('registry-denied', words, { facts: { status } });
  }

  private ask(endpoint: RegistryEndpoint, url: string, { method = 'GET', headers = {}, body, timeoutMs = HEAD_LIMIT_MS }: RegistryRequest): Promise<OpenedUrl> {
    const given = this.authorization ?? (this.login.registrytoken && !endpoint.isMirror ? `Bearer ${this.login.registrytoken}` : undefined);
    return this.openUrl(endpoint, url, { method, headers: { ...headers, ...(given !== undefined && { Authorization: given }) }, ...(body && { body: body() }), timeoutMs });
  }

  private async openUrl({ insecure, origin }: RegistryEndpoint, url: string, options: FetchOptions): Promise<OpenedUrl> {
    const { host } = this.engine;
    const read = (name: string): string => host.processes.env(name) ?? host.processes.env(name.toUpperCase()) ?? '';
    const proxies = { http_proxy: read('http_proxy'), https_proxy: read('https_proxy'), no_proxy: read('no_proxy') };
    const name = origin.replace(/^https?:\/\/(.*@)?/, '').replace(/\/.*/, '');
    try {
      return await openUrl(host, url, {
        timeoutMs: HEAD_LIMIT_MS, ...options, cancel: this.cancel, identity: () => readIdentity(host.files, name),
        ...(!insecure && { authorities: () => readAuthorities(host.files, name) }), proxyFor: (target) => chooseProxy(proxies, target),
      });
    } catch (error) {
      throw new RosError(codeOf(error) ?? 'registry-failed', `asking the registry ${this.address.name} failed`, { cause: error });
    }
  }

  private async logIn(endpoint: RegistryEndpoint, challenge: Challenge | undefined): Promise<string> {
    const login = endpoint.isMirror ? {} : this.login;
    const { username = '', password = '' } = login;
    const basic = username === '' || login.identitytoken ? undefined : `Basic ${encodeBase64(encodeUtf8(`${username}:${password}`))}`;
    if (challenge?.scheme === 'bearer') return `Bearer ${await this.fetchToken(endpoint, challenge.parameters, login, basic)}`;
    if (basic !== undefined) return basic;
    throw new RosError('registry-denied', hasLogin(login) ? `the registry ${this.address.name} takes no token` : 'no basic auth credentials', { hint: 'log in with docker login' });
  }

  /** https://distribution.github.io/distribution/spec/auth/token/, and for an identity token .../oauth/ beside it. */
  private async fetchToken(endpoint: RegistryEndpoint, { realm = '', service, scope }: Challenge['parameters'], login: Login, basic: string | undefined): Promise<string> {
    const wanted = this.address.path === '' ? scope : `repository:${this.address.path}:${this.actions}`;
    const answer = login.identitytoken
      ? await this.openUrl(endpoint, realm, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: renderQuery({ grant_type: 'refresh_token', service, scope: wanted, client_id: 'docker', refresh_token: login.identitytoken }).slice(1) })
      : await this.openUrl(endpoint, appendQuery(realm, { account: basic === undefined ? undefined : login.username, service, scope: wanted }), basic === undefined ? {} : { headers: { Authorization: basic } });
    const text = await this.readText(answer);
    if (answer.status >= 300) throw this.denied(describeFailure(text) || `the token server answers ${answer.status}`, answer.status);
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
