// Debian's docker-registry on this machine, for as long as a test takes: plain or by TLS, for everybody, for those who have
// a password, or for those who have a token; and a proxy before it that a test may let break off, lie and hang up.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { equal } from '@drover/testing';
import { withDockerRegistry } from '../docker-registry.ts';
import { askReference, startReference } from './differential/reference-engine.ts';
import type { NativeMachine } from './native-machine.ts';

export const REGISTRY_PORT = 5917;
const PROXY_PORT = 5918;
export const REGISTRY: string = `127.0.0.1:${REGISTRY_PORT}`;
export const PROXY: string = `127.0.0.1:${PROXY_PORT}`;

/** me:secret, in bcrypt. */
const PASSWORDS = 'me:$2b$05$Wqcc/9.XzP8TvSmKgQFznOLK0cwkV58JkjdNtrDpcB.05Yi2gg8YO\n';

export interface TokenServer {
  readonly realm: string;
  /** Of the certificate that tokens are signed with. */
  readonly certificatePath: string;
}

export interface RegistryOptions {
  readonly auth?: 'none' | 'password' | TokenServer;
  readonly tls?: { readonly certificatePath: string; readonly keyPath: string };
}

function renderAuth(auth: RegistryOptions['auth'], folder: string): string {
  if (auth === undefined || auth === 'none') return '';
  if (auth === 'password') return `auth:\n  htpasswd:\n    realm: test\n    path: ${folder}/htpasswd\n`;
  return `auth:\n  token:\n    realm: ${auth.realm}\n    service: test\n    issuer: test\n    rootcertbundle: ${auth.certificatePath}\n`;
}

/** Around a test. */
export async function withRegistry(machine: NativeMachine, { auth, tls }: RegistryOptions, test: () => Promise<void>): Promise<void> {
  const folder = join(machine.state, '..', 'registry');
  mkdirSync(folder, { recursive: true });
  const secured = tls === undefined ? '' : `  tls:\n    certificate: ${tls.certificatePath}\n    key: ${tls.keyPath}\n`;
  writeFileSync(join(folder, 'htpasswd'), PASSWORDS);
  await withDockerRegistry({ folder, programs: join(machine.state, '../../docker-registry'), port: REGISTRY_PORT }, `${secured}${renderAuth(auth, folder)}`, test);
}

/** An image that dockerd made, once: dockerd is in a network of its own, so the registry gets it by its API. */
export async function fillRegistry(machine: NativeMachine): Promise<void> {
  if (existsSync(join(machine.state, '../registry/data/docker/registry/v2/repositories/test/made/_manifests/tags/list'))) return;
  await startReference(machine);
  const made = await askReference(machine, `docker rm -f made; docker run --name made $IMAGE sh -c 'mkdir /made; ln /etc/services /made/a; ln /etc/services /made/b; rm /etc/protocols' && docker commit made made:1 && docker save made:1 >/var/lib/docker/made.tar; docker rm -f made; docker rmi made:1`);
  equal(made.code, 0);
  const script = join(machine.state, '..', 'push.sh');
  writeFileSync(script, PUSH);
  const pushed = spawnSync('sh', [script, machine.path('/var/lib/docker/made.tar'), join(machine.state, '..', 'push'), `http://${REGISTRY}/v2/test/made`], { encoding: 'utf8' });
  equal(`${pushed.status ?? -1} ${pushed.stderr}`, '0 ');
}

/** $1 an archive of docker save, $2 a folder to work in, $3 the repository's address: layers are sent packed with gzip, as docker push does. */
const PUSH = `set -e
mkdir -p "$2"; tar -xf "$1" -C "$2"; cd "$2"
send() { # FILE
    digest=sha256:$(sha256sum <"$1" | cut -d' ' -f1)
    place=$(curl -sS -f -D - -o /dev/null -X POST "$3/blobs/uploads/" | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')
    case $place in *\\?*) place="$place&digest=$digest" ;; *) place="$place?digest=$digest" ;; esac
    curl -sS -f -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" "$place"
    printf '{"mediaType":"%s","digest":"%s","size":%s}' "$2" "$digest" "$(stat -c %s "$1")"
}
config=$(sed 's/.*"Config":"\\([^"]*\\)".*/\\1/' manifest.json)
layers=
for layer in $(sed 's/.*"Layers":\\[\\([^]]*\\)\\].*/\\1/; s/[",]/ /g' manifest.json); do
    gzip -c "$layer" >packed.gz
    layers="$layers\${layers:+,}$(send packed.gz application/vnd.docker.image.rootfs.diff.tar.gzip "$3")"
done
printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":%s,"layers":[%s]}' "$(send "$config" application/vnd.docker.container.image.v1+json "$3")" "$layers" >manifest
curl -sS -f -o /dev/null -X PUT -H 'Content-Type: application/vnd.docker.distribution.manifest.v2+json' --data-binary @manifest "$3/manifests/1"
printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","digest":"sha256:%s","size":%s,"platform":{"architecture":"amd64","os":"linux"}}]}' "$(sha256sum <manifest | cut -d' ' -f1)" "$(stat -c %s manifest)" >list
curl -sS -f -o /dev/null -X PUT -H 'Content-Type: application/vnd.docker.distribution.manifest.list.v2+json' --data-binary @list "$3/manifests/list"
`;

/** Passes requests on; `change` may answer itself. */
export async function withProxy(change: (asked: IncomingMessage, answer: IncomingMessage, response: ServerResponse) => boolean, test: () => Promise<void>): Promise<void> {
  const server: Server = createServer((asked, response) => {
    const passed = request({ host: '127.0.0.1', port: REGISTRY_PORT, path: asked.url, method: asked.method, headers: { ...asked.headers, host: PROXY } }, (answer) => {
      if (change(asked, answer, response)) return;
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    passed.end();
  });
  await new Promise<void>((resolve) => void server.listen(PROXY_PORT, '127.0.0.1', resolve));
  try {
    await test();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
