// sbom.spdx.json: what the products are made of, in SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/). Every Debian
// package that gives files to them or is compiled for them, with its version and digest, and our own code with its npm
// dependencies.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lock, LockedPackage } from './debian/lock.ts';
import { epochOf, shippable } from './debian/lock.ts';

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo: string;
  readonly downloadLocation: string;
  readonly filesAnalyzed: false;
  readonly licenseConcluded: string;
  readonly licenseDeclared: string;
  readonly copyrightText: string;
  readonly checksums?: readonly { readonly algorithm: 'SHA256'; readonly checksumValue: string }[];
  readonly externalRefs: readonly { readonly referenceCategory: 'PACKAGE-MANAGER'; readonly referenceType: 'purl'; readonly referenceLocator: string }[];
}

interface NpmLock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean; readonly link?: boolean; readonly license?: string }>>;
}

const UNSAID = { downloadLocation: 'NOASSERTION', filesAnalyzed: false, licenseConcluded: 'NOASSERTION', copyrightText: 'NOASSERTION' } as const;

/** Of the toolchain's packages those whose code is in our static programs. */
const LINKED: readonly string[] = ['libquickjs', 'libmbedtls-dev', 'libc6-dev', 'libmnl-dev', 'libnftnl-dev'];

function spdxId(...parts: readonly string[]): string {
  return `SPDXRef-${parts.join('-').replace(/[^A-Za-z0-9.-]/g, '-')}`;
}

/** `kind`: the first part of its identifier. */
function describePackage(kind: 'deb' | 'static' | 'source', { name, version, architecture, sha256 }: LockedPackage): SpdxPackage {
  return {
    ...UNSAID,
    SPDXID: spdxId(kind, name),
    name,
    versionInfo: version,
    licenseDeclared: 'NOASSERTION',
    checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}` }],
  };
}

/** `shipped`: names of the Debian packages that gave files to a product. */
export function renderSbom(root: string, lock: Lock, shipped: ReadonlySet<string>, version: string): string {
  const own: SpdxPackage = {
    ...UNSAID,
    SPDXID: spdxId('drover'),
    name: 'drover',
    versionInfo: version,
    licenseDeclared: 'Apache-2.0',
    externalRefs: [],
  };
  const debian = shippable(lock).filter((one) => shipped.has(one.name)).map((one) => describePackage('deb', one));
  const linked = lock.sections.toolchain.filter((one) => LINKED.includes(one.name)).map((one) => describePackage('static', one));
  const compiled = lock.sections.sources.map((one) => describePackage('source', { ...one, architecture: 'source' }));
  const npm = npmDependencies(root).map(({ name, version: npmVersion, license }): SpdxPackage => ({
    ...UNSAID,
    SPDXID: spdxId('npm', name),
    name,
    versionInfo: npmVersion,
    licenseDeclared: license,
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `pkg:npm/${name}@${npmVersion}` }],
  }));
  const packages = [own, ...debian, ...compiled, ...linked, ...npm];
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `drover-${version}`,
    documentNamespace: `https://drover.invalid/sbom/${version}/${lock.date}`,
    creationInfo: { created: new Date(epochOf(lock) * 1000).toISOString().replace('.000', ''), creators: ['Tool: drover-builder'] },
    packages,
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: own.SPDXID },
      ...[...debian, ...compiled].map((one) => ({ spdxElementId: own.SPDXID, relationshipType: 'CONTAINS', relatedSpdxElement: one.SPDXID })),
      ...[...linked, ...npm].map((one) => ({ spdxElementId: own.SPDXID, relationshipType: 'STATIC_LINK', relatedSpdxElement: one.SPDXID })),
    ],
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** What goes into the binary: dependencies that are not only for development, and not our own workspaces. */
function npmDependencies(root: string): { name: string; version: string; license: string }[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as NpmLock;
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.dev === true || entry.link === true || entry.version === undefined) return [];
    const name = path.slice('node_modules/'.length);
    // Used by the builder's own code, not by what it builds.
    if (name.startsWith('esbuild') || name.startsWith('@esbuild/')) return [];
    return [{ name, version: entry.version, license: entry.license ?? 'NOASSERTION' }];
  });
}
