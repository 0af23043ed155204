// An HTTP proxy that answers everything itself, so that whoever gets an answer went through it; and keeps what was asked.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';

export interface RecordingProxy {
  readonly port: number;
  /** `GET http://HOST/PATH`, `CONNECT HOST:PORT` */
  readonly asked: readonly string[];
  close(): void;
}

export async function startRecordingProxy(): Promise<RecordingProxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.end('by way of the proxy\n');
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url ?? ''}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, asked, close: () => void server.close() };
}
