import { bridgeTests } from './bridges.ts';
import { certificateTests } from './certificates.ts';
import { configurationTests } from './configuration.ts';
import { crashTests } from './crash.ts';
import { faultTests } from './faults.ts';
import { imageTests } from './images.ts';
import { logDriverTests } from './log-drivers.ts';
import { networkTests } from './network.ts';
import type { NativeTest } from './native-test.ts';
import { informationTests } from './information.ts';
import { lifeTests } from './life.ts';
import { outputTests } from './output.ts';
import { registryTests } from './registries.ts';
import { registryAccessTests } from './registry-access.ts';
import { runTests } from './run.ts';

/** Servers of theirs listen on this machine's loopback. */
const withServers = [...logDriverTests, ...registryTests, ...registryAccessTests].map((test) => ({ ...test, sharesNetwork: true }));

export const allNativeTests: readonly NativeTest[] = [...informationTests, ...certificateTests, ...configurationTests, ...runTests, ...lifeTests, ...outputTests, ...imageTests, ...bridgeTests, ...withServers, ...crashTests, ...faultTests, ...networkTests];
