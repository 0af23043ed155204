// Products cached by the hash of their inputs: `.cache/products/<name>/<hash>/`. A product is a folder that appears
// complete or not at all; the same inputs give the same hash on every machine.

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { step } from './progress.ts';
import type { Workspace } from './workspace.ts';

export interface Product {
  readonly name: string;
  readonly hash: string;
  /** The folder with its files. */
  readonly path: string;
}

/** What a product is made from: texts, other products, files and folders of the repository. */
export interface Inputs {
  readonly text?: unknown;
  readonly products?: readonly Product[];
  /** Paths relative to the repository; folders count with everything below, but tests. */
  readonly paths?: readonly string[];
}

export function hashInputs(workspace: Workspace, inputs: Inputs): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(inputs.text ?? null));
  for (const product of inputs.products ?? []) hash.update(`\0product ${product.name} ${product.hash}`);
  for (const path of inputs.paths ?? []) hashPath(hash, workspace.root, path);
  return hash.digest('hex').slice(0, 24);
}

function hashPath(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  const full = join(root, path);
  const status = lstatSync(full);
  if (status.isDirectory()) {
    for (const name of readdirSync(full).sort()) if (name !== 'node_modules' && !name.endsWith('.test.ts')) hashPath(hash, root, join(path, name));
  } else {
    hash.update(`\0${path}\0${status.mode & 0o111 ? 'x' : '-'}\0`);
    hash.update(status.isSymbolicLink() ? readlinkSync(full) : readFileSync(full));
  }
}

/** Builds into a folder aside and moves it into place, unless the product is there already. */
export async function produce(workspace: Workspace, name: string, inputs: Inputs, build: (into: string) => Promise<void>): Promise<Product> {
  const hash = hashInputs(workspace, inputs);
  const folder = join(workspace.cache, 'products', name);
  const path = join(folder, hash);
  const product = { name, hash, path };
  if (existsSync(path)) {
    utimesSync(path, new Date(), new Date());
    return product;
  }
  const aside = join(folder, `.${hash}.${process.pid}`);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  await step(name, () => build(aside));
  try {
    renameSync(aside, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
    rmSync(aside, { recursive: true, force: true }); // another build was faster and made the same
  }
  dropOld(folder, hash);
  return product;
}

const KEPT = 4;

/** A few older versions stay, so that going back and forth costs nothing. */
function dropOld(folder: string, current: string): void {
  const others = readdirSync(folder)
    .filter((name) => name !== current)
    .map((name) => ({ name, time: lstatSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { name } of others.slice(KEPT)) rmSync(join(folder, name), { recursive: true, force: true });
}
