// A token server for docker-registry, as Docker Hub has one (https://distribution.github.io/distribution/spec/auth/token/):
// whoever comes may pull what is open; "me" with the password "secret", or with an identity token, may do everything.

import { spawnSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { equal } from '@drover/testing';

export const TOKEN_PORT = 5920;
export const IDENTITY_TOKEN = 'it-is-me';

export interface TlsFiles {
  readonly certificatePath: string;
  readonly keyPath: string;
}

/** `asked`: what each token was asked for, and by whom. */
export async function withTokenServer(folder: string, tls: TlsFiles, test: (certificatePath: string, asked: string[]) => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const [keyPath, certificatePath] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  equal(spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=tokens', '-keyout', keyPath, '-out', certificatePath]).status, 0);
  const asked: string[] = [];
  const server = createServer({ cert: readFileSync(tls.certificatePath), key: readFileSync(tls.keyPath) }, (request, response) => void answer(request, response, asked, keyPath, certificatePath));
  await new Promise<void>((resolve) => void server.listen(TOKEN_PORT, '127.0.0.1', resolve));
  try {
    await test(certificatePath, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, asked: string[], keyPath: string, certificatePath: string): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const query = new URLSearchParams(request.method === 'POST' ? body : new URL(request.url ?? '/', 'https://token.test').search);
  const login = Buffer.from(/^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '', 'base64').toString();
  const isMe = login === 'me:secret' || query.get('refresh_token') === IDENTITY_TOKEN;
  asked.push(`${request.method ?? ''} ${isMe ? 'me' : login || 'nobody'} ${query.get('scope') ?? ''}`.trim());
  if (login !== '' && !isMe) {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}');
    return;
  }
  const [type, name = '', actions = ''] = (query.get('scope') ?? '').split(':');
  const allowed = actions.split(',').filter((action) => isMe || (action === 'pull' && name.startsWith('open/')));
  const token = sign({ access: allowed.length === 0 ? [] : [{ type, name, actions: allowed }] }, keyPath, certificatePath);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, access_token: token, expires_in: 300 }));
}

function sign(claims: object, keyPath: string, certificatePath: string): string {
  const now = Math.floor(Date.now() / 1000);
  const certificate = readFileSync(certificatePath, 'utf8').replace(/-----.*?-----|\s/g, '');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ typ: 'JWT', alg: 'RS256', x5c: [certificate] })}.${encode({ iss: 'test', sub: 'me', aud: 'test', exp: now + 300, nbf: now - 60, iat: now - 60, jti: String(now), ...claims })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(readFileSync(keyPath)).toString('base64url')}`;
}
