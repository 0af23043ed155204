// One request of the API: what the routes work with.

import { messageOf } from '@drover/core';
import type { HttpExchange, Query } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';

export const API_NEWEST = 45;
export const API_OLDEST = 24;

/** Of one JSON body. */
const JSON_LIMIT_BYTES = 8 << 20;

export class ApiRequest {
  readonly exchange: HttpExchange;
  readonly query: Query;
  /** Minor number of the API version that was asked for: 45 for 1.45. */
  readonly version: number;
  /** What the pattern of the route captured. */
  readonly vars: Readonly<Record<string, string>>;

  constructor(exchange: HttpExchange, query: Query, version: number, vars: Readonly<Record<string, string>>) {
    this.exchange = exchange;
    this.query = query;
    this.version = version;
    this.vars = vars;
  }

  get name(): string {
    return this.vars['name'] ?? '';
  }

  /** An empty body is an empty object. Throws `invalid-parameter`. */
  async readJson(): Promise<object> {
    const text = await this.exchange.readText(JSON_LIMIT_BYTES);
    if (text.trim() === '') return {};
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    } catch (error) {
      throw apiError('invalid-parameter', `invalid JSON: ${messageOf(error)}`);
    }
    throw apiError('invalid-parameter', 'invalid JSON: not an object');
  }

  /** A whole number in the query; undefined when it is absent. Throws `invalid-parameter`. */
  readNumber(name: string): number | undefined {
    const text = this.query.get(name);
    if (text === '') return undefined;
    if (!/^-?\d{1,15}$/.test(text)) throw apiError('invalid-parameter', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    return Number(text);
  }

  done(): Promise<void> {
    return this.exchange.respond(204);
  }

  send(status: number, value: unknown): Promise<void> {
    return this.exchange.respondJson(status, value);
  }
}

export type Handler = (engine: Engine, request: ApiRequest) => Promise<void>;

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

export type Routes = readonly Route[];

/** `METHOD /path/{name}`: a variable is one part of the path, `{name...}` all that is left before what follows it. */
export function defineRoutes(table: Readonly<Record<string, Handler>>): Routes {
  return Object.entries(table).map(([route, handler]) => {
    const [method, shape] = route.split(' ') as [string, string];
    const source = shape.replace(/\{(\w+)(\.\.\.)?\}/g, (_, name: string, rest?: string) => `(?<${name}>${rest === undefined ? '[^/]+' : '.+'})`);
    return { method, pattern: new RegExp(`^${source}/?$`), handler };
  });
}
