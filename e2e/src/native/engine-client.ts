// Calls of System Docker's API without a docker command between: for measuring.

import { Agent, request } from 'node:http';
import { RosError } from '@drover/core';

export class EngineClient {
  private readonly socket: string;
  private readonly agent: Agent = new Agent({ keepAlive: true });

  constructor(socket: string) {
    this.socket = socket;
  }

  /** Throws what the engine answers with 400 and above. */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: this.socket, agent: this.agent, method, path: `/v1.45${path}`, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } }, (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
        response.on('end', () => {
          if ((response.statusCode ?? 500) >= 400) reject(new RosError('docker-failed', `${method} ${path}: ${answer}`));
          else resolve((answer.trim() === '' ? undefined : JSON.parse(answer)) as T);
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
