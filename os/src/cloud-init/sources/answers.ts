// Answers of metadata services, as the values they stand for.

import { decodeUtf8 } from '@drover/core';
import type { Get } from '../datasource.ts';

type Headers = Readonly<Record<string, string>>;

/** One line without blanks around it; undefined for nothing. */
export async function getText(get: Get, url: string, headers: Headers = {}): Promise<string | undefined> {
  const bytes = await get(url, { headers });
  const text = bytes === undefined ? '' : decodeUtf8(bytes).trim();
  return text === '' ? undefined : text;
}

/** Undefined when there is none. Throws when it is not JSON. */
export async function getJson(get: Get, url: string, headers: Headers = {}): Promise<unknown> {
  const bytes = await get(url, { headers });
  return bytes === undefined ? undefined : (JSON.parse(decodeUtf8(bytes)) as unknown);
}

export function lines(text: string | undefined): string[] {
  return (text ?? '').split(/\r\n?|\n/).map((line) => line.trim()).filter((line) => line !== '');
}

/** Keys with numbered names, which keep their order. */
export function numbered(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key, i) => [String(i).padStart(6, '0'), key]));
}

/** What is at a path of names and indexes in a value of unknown shape. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? (inner as Record<string | number, unknown>)[key] : undefined), value);
}

/** A text that is not empty. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.slice(0, 1000) : [];
}

/** An object without the entries that are undefined. */
export function known<T extends object>(value: { [K in keyof T]: T[K] | undefined }): { [K in keyof T]?: T[K] } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]?: T[K] };
}

/** 255.255.255.0 -> 24; undefined when it is no mask. */
export function maskLength(mask: string): number | undefined {
  const bits = mask.split('.').map((part) => Number(part).toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.replace(/0/g, '').length : undefined;
}
