// Work whose steps are lines of JSON (docker pull, push, load): before the first line a failure is an error of the API,
// later a line.

import { encodeUtf8, explain } from '@drover/core';
import { HttpHeaders } from '@drover/docker-api';
import { inWords } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { Progress } from '../image/load-images.ts';
import type { ApiRequest } from './api-request.ts';

const JSON_STREAM = HttpHeaders.of({ 'Content-Type': 'application/json' });

export async function tellProgress(engine: Engine, request: ApiRequest, work: (tell: Progress) => Promise<void>): Promise<void> {
  let sink: Awaited<ReturnType<typeof request.exchange.startStream>> | undefined;
  const tell: Progress = async (line) => {
    sink ??= await request.exchange.startStream(200, JSON_STREAM);
    await sink.write(encodeUtf8(`${JSON.stringify(line)}\r\n`));
  };
  try {
    await work(tell);
  } catch (error) {
    if (sink === undefined) throw error;
    engine.log.error(`${request.exchange.head.target}: ${explain(error)}`);
    await tell({ errorDetail: { message: inWords(error) }, error: inWords(error) });
  }
  if (sink === undefined) await request.exchange.respond(200, JSON_STREAM);
}
