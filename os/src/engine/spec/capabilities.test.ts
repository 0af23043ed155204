import { deepEqual, equal, rejects, test } from '@drover/testing';
import { parseCapabilities, planCapabilities } from './capabilities.ts';

const EVERYTHING = parseCapabilities('Name:\tx\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n');

function plan(add: readonly string[], drop: readonly string[], privileged: boolean = false): string {
  return planCapabilities({ privileged, add, drop, own: EVERYTHING }).map((name) => name.slice(4)).join(' ');
}

const DEFAULT = 'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE';

test("capabilities are moby's default, changed by what is added and dropped", () => {
  equal(plan([], []), DEFAULT);
  equal(plan(['net_admin', 'CAP_SYS_TIME', 'chown'], ['MKNOD']), `${DEFAULT.replace('MKNOD ', '')} NET_ADMIN SYS_TIME`);
  equal(plan(['NET_ADMIN'], ['all']), 'NET_ADMIN');
  equal(plan(['ALL'], ['SYS_ADMIN']).includes('SYS_ADMIN'), false);
  equal(plan(['ALL'], []).split(' ').length, 41);
});

test('a container gets nothing that the engine does not have itself', () => {
  const own = parseCapabilities('CapEff:\t000001fffeffffff\n');
  equal(EVERYTHING.length, 41);
  deepEqual(EVERYTHING.filter((name) => !own.includes(name)), ['CAP_SYS_RESOURCE']);
  deepEqual(planCapabilities({ privileged: true, add: [], drop: ['ALL'], own }), own);
  deepEqual(planCapabilities({ privileged: false, add: ['SYS_RESOURCE', 'BPF'], drop: ['ALL'], own }), ['CAP_BPF']);
  deepEqual(planCapabilities({ privileged: false, add: [], drop: [], own: ['CAP_CHOWN'] }), ['CAP_CHOWN']);
});

test('an unknown capability is refused in the words of moby', async () => {
  equal((await rejects(() => plan(['FLY'], []), 'invalid-parameter')).message, 'invalid CapAdd: unknown capability: "CAP_FLY"');
  equal((await rejects(() => plan([], ['x']), 'invalid-parameter')).message, 'invalid CapDrop: unknown capability: "CAP_X"');
});
