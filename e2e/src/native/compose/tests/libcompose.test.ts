import { deepEqual, equal, test } from '@drover/testing';
import { allComposeTests } from './index.ts';
import { LIBCOMPOSE, uncovered } from './libcompose.ts';

test("each of libcompose's 59 integration tests has one of ours that stands for it", () => {
  equal(LIBCOMPOSE.length, 59);
  deepEqual(uncovered(allComposeTests), { missing: [], unknown: [] });
});
