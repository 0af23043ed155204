// Everything that works without a YAML parser; @drover/cloud-config/yaml has the rest.

export { parseKernelWords } from './kernel/parse-kernel-words.ts';
export { kernelWordValues, splitKernelLine } from './kernel/split-kernel-line.ts';
export type { KernelLine } from './kernel/split-kernel-line.ts';
export { dropSecrets } from './edit/drop-secrets.ts';
export { keepText } from './edit/keep-text.ts';
export { setValue } from './edit/set-value.ts';
export { lookUpEnvironment } from './environment/look-up-environment.ts';
export type { Layer } from './layers/layer.ts';
export { mergeTrees } from './layers/merge-trees.ts';
export { resolveConfiguration } from './layers/resolve-configuration.ts';
export type { Metadata, ResolvedConfiguration } from './layers/resolve-configuration.ts';
export { loadConfiguration } from './load-configuration.ts';
export type { LoaderHost, LoadOptions } from './load-configuration.ts';
export * from './names.ts';
export type { ConfigProblem, ProblemCode } from './problem.ts';
export { findSpec, parseKeyPath } from './schema/key-path.ts';
export type { KeySpec } from './schema/key-spec.ts';
export type { Command, Configuration, MountEntry, Service } from './schema/schema.ts';
export type { Addresses } from './text/substitute-addresses.ts';
export { classifyUserData } from './user-data/classify-user-data.ts';
export type { ClassifiedUserData, UserData, UserDataKind } from './user-data/classify-user-data.ts';
export type { ExpandedUserData, FetchInclude } from './user-data/expand-user-data.ts';
export { TEXT_LIMIT_BYTES } from './text/decode-text.ts';
export { DRIVE_LABELS, readConfigDrive } from './user-data/read-config-drive.ts';
export type { ConfigDrive, DriveLabel } from './user-data/read-config-drive.ts';
