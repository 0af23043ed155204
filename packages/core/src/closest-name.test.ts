import { equal, test } from '@drover/testing';
import { closestName, editDistance } from './closest-name.ts';

test('a slip of the hand finds its name, something else does not', () => {
  equal(editDistance('hostname', 'hotsname'), 1);
  equal(closestName('hostnam', ['hostname', 'mounts']), 'hostname');
  equal(closestName('tsl', ['tls', 'host']), 'tls');
  equal(closestName('foo', ['tls', 'host']), undefined);
  equal(closestName('x'.repeat(100_000), ['tls']), undefined);
});
