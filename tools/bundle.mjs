// esbuild with the settings that every bundle of the project shares.
import { build } from 'esbuild';

/** Files that are text to a program. */
const LOADER = { '.yml': 'text', '.txt': 'text' };

/** One entry for Node, packages from npm inlined, with a source map. */
export function bundleForNode(entry, outfile) {
  return build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    sourcemap: 'inline',
    external: ['esbuild'],
    loader: LOADER,
    banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
    logLevel: 'warning',
  });
}

/** For QuickJS: ES2023, no Node API. Dynamic imports become chunks of their own when outdir is given. */
export function bundleForQuickjs(options) {
  return build({
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    target: 'es2023',
    mainFields: ['module', 'main'],
    external: ['ros:*'],
    loader: LOADER,
    keepNames: false,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
}
