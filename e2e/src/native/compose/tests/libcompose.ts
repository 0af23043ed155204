// The integration tests of libcompose, RancherOS's compose library, by file. Each must be named by a test of ours
// (`libcompose` in its table); two of them asked its Go interface, ours ask runCommand. Where only what a test asserted is
// known, its name says that.

import type { ComposeTest } from './compose-test.ts';

const TESTS: Readonly<Record<string, readonly string[]>> = {
  'create_test.go': [
    'TestFields', 'TestEmptyEntrypoint', 'TestHelloWorld', 'TestContainerName', 'TestContainerNameWithScale', 'TestInterpolation', 'TestInterpolationWithExtends', 'TestFieldTypeConversions',
    'TestMultipleComposeFiles', 'TestMultipleComposeFilesReversed', 'TestDefaultMultipleComposeFiles', 'TestValidation', 'TestValidationVersion2', 'TestValidationWithExtends', 'TestUnsupportedOption',
  ],
  'up_test.go': [
    'TestUp', 'TestUpNotExistService', 'TestRecreateForceRecreate', 'TestRecreateVols', 'TestRecreateNoRecreate', 'TestRecreate', 'TestUpAfterImageTagDeleted', 'TestRecreateImageChanging', 'TestLink',
    'TestUpNoBuildFailIfImageNotPresent', 'TestUpNoBuildShouldWorkIfImageIsPresent',
  ],
  'build_test.go': ['TestBuild', 'TestBuildWithNoCache1', 'TestBuildWithNoCache2', 'TestBuildWithNoCache3', 'TestBuildWithArgs'],
  'volume_test.go': ['TestVolumeFromService', 'TestVolumeFromServiceWithContainerName', 'TestRelativeVolume', 'TestNamedVolume', 'TestV2Volume'],
  'pause_unpause_test.go': ['TestPause', 'TestPauseAlreadyPausedService', 'TestUnpause', 'TestUnpauseNotPausedService'],
  'rm_test.go': ['TestDelete', 'TestDeleteOnlyRemovesStopped', 'TestDeleteWithVol'],
  'scale_test.go': ['TestScale', 'TestScaleWithHostPortWarning'],
  'ps_test.go': ['TestPs', 'TestPsQuiet'],
  'down_test.go': ['TestDown', 'TestDownMultiple'],
  'env_test.go': ['TestProjectEnvironment', 'TestLabels'],
  'kill_test.go': ['TestKill'],
  'start_test.go': ['TestStart'],
  'stop_test.go': ['TestStop'],
  'restart_test.go': ['TestRestart'],
  'run_test.go': ['TestRun'],
  'pull_test.go': ['TestPull'],
  'api_event_test.go': ['TestEvents'],
  'api_test.go': ['TestVolumeWithoutComposeFile'],
};

/** `FILE: NAME` of each. */
export const LIBCOMPOSE: readonly string[] = Object.entries(TESTS).flatMap(([file, names]) => names.map((name) => `${file}: ${name}`));

/** What is named by no test, and what is named and does not exist. */
export function uncovered(tests: readonly ComposeTest[]): { readonly missing: readonly string[]; readonly unknown: readonly string[] } {
  const named = new Set(tests.flatMap((test) => test.libcompose ?? []));
  return { missing: LIBCOMPOSE.filter((one) => !named.has(one)), unknown: [...named].filter((one) => !LIBCOMPOSE.includes(one)) };
}
