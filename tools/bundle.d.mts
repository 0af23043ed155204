import type { BuildOptions, BuildResult } from 'esbuild';

export function bundleForNode(entry: string, outfile: string): Promise<BuildResult>;
export function bundleForQuickjs(options: BuildOptions): Promise<BuildResult>;
