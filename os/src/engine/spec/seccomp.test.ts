import { deepEqual, equal, ok, rejects, test } from '@drover/testing';
import type { SeccompFilter } from './seccomp.ts';
import { defaultFilter, parseProfile } from './seccomp.ts';

function allowed({ syscalls }: SeccompFilter): readonly string[] {
  return syscalls.filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined).flatMap(({ names }) => names);
}

test('capabilities open the system calls that belong to them', () => {
  const [none, admin] = [defaultFilter([], 'x86_64'), defaultFilter(['CAP_SYS_ADMIN', 'CAP_SYS_TIME'], 'x86_64')];
  ok(!allowed(none).includes('mount') && !allowed(none).includes('clock_settime') && allowed(none).includes('openat'));
  ok(allowed(admin).includes('mount') && allowed(admin).includes('clock_settime') && allowed(admin).includes('clone3'));
  equal(none.syscalls.find(({ names }) => names[0] === 'clone3')?.errnoRet, 38);
  equal(admin.syscalls.some(({ names, args }) => names[0] === 'clone' && args !== undefined), false);
});

test("a profile of the user's own says itself on what its rules depend", async () => {
  const profile = JSON.stringify({
    defaultAction: 'SCMP_ACT_ERRNO',
    archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
    syscalls: [
      { names: ['read'], action: 'SCMP_ACT_ALLOW' },
      { names: ['mount'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_ADMIN'] } },
      { names: ['clone'], action: 'SCMP_ACT_ALLOW', excludes: { caps: ['CAP_SYS_ADMIN'] } },
      { name: 'old', action: 'SCMP_ACT_ALLOW', includes: { arches: ['arm64'] } },
    ],
  });
  deepEqual(allowed(parseProfile(profile, [], 'x86_64')), ['read', 'clone']);
  deepEqual(allowed(parseProfile(profile, ['CAP_SYS_ADMIN'], 'aarch64')), ['read', 'mount', 'old']);
  deepEqual(parseProfile(profile, [], 'x86_64').architectures, ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86']);
  for (const text of ['', '[]', '{}', 'null']) await rejects(() => parseProfile(text, [], 'x86_64'), 'invalid-parameter');
});
