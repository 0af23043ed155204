// POST /commit: a container becomes an image.

import type { ContainerConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { nameImage, normaliseName } from '../image/add-image.ts';
import { commitContainer } from '../image/commit-container.ts';
import type { ApiRequest } from './api-request.ts';
import { CONTAINER_CREATE } from './body-shapes.ts';
import { checkShape } from './check-shape.ts';

export async function commit(engine: Engine, request: ApiRequest): Promise<void> {
  const { query } = request;
  const container = engine.containers.require(query.get('container'));
  const [repository, tag] = [query.get('repo'), query.get('tag')];
  const name = repository === '' ? undefined : normaliseName(`${repository}${tag === '' ? '' : `:${tag}`}`);
  if (name === undefined && repository !== '') throw apiError('invalid-parameter', 'invalid reference format');
  const config = (await request.readJson()) as ContainerConfig;
  checkShape(config, CONTAINER_CREATE, 'ContainerConfigWrapper');
  const comment = query.get('comment');
  const image = await commitContainer(engine, container, { author: query.get('author'), comment, pause: query.isOn('pause', true), changes: query.getAll('changes'), config });
  if (name !== undefined) nameImage(engine, name, image);
  engine.events.publishContainer('commit', container, { comment, imageID: image.id, imageRef: name ?? '' });
  await request.send(201, { Id: image.id });
}
