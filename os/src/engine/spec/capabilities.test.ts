import { deepEqual, equal, rejects, test } from '@drover/testing';
import { planCapabilities } from './capabilities.ts';

function plan(add: readonly string[], drop: readonly string[], privileged: boolean = false): string {
  return planCapabilities({ privileged, add, drop, last: 40 }).map((name) => name.slice(4)).join(' ');
}

const DEFAULT = 'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE';

test("capabilities are moby's default, changed by what is added and dropped", () => {
  equal(plan([], []), DEFAULT);
  equal(plan(['net_admin', 'CAP_SYS_TIME', 'chown'], ['MKNOD']), `${DEFAULT.replace('MKNOD ', '')} NET_ADMIN SYS_TIME`);
  equal(plan(['NET_ADMIN'], ['all']), 'NET_ADMIN');
  equal(plan(['ALL'], ['SYS_ADMIN']).includes('SYS_ADMIN'), false);
  equal(plan(['ALL'], []).split(' ').length, 41);
});

test('a privileged container has all that the kernel knows, and no more', () => {
  equal(planCapabilities({ privileged: true, add: [], drop: ['ALL'], last: 37 }).at(-1), 'CAP_AUDIT_READ');
  deepEqual(planCapabilities({ privileged: false, add: ['BPF'], drop: ['ALL'], last: 37 }), []);
});

test('an unknown capability is refused in the words of moby', async () => {
  equal((await rejects(() => plan(['FLY'], []), 'invalid-parameter')).message, 'invalid CapAdd: unknown capability: "CAP_FLY"');
  equal((await rejects(() => plan([], ['x']), 'invalid-parameter')).message, 'invalid CapDrop: unknown capability: "CAP_X"');
});
