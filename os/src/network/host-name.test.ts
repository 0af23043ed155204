import { equal, test } from '@drover/testing';
import { renderHosts } from './host-name.ts';

test('the name stands in /etc/hosts once, where it stood, and other lines stay', () => {
  equal(renderHosts('', 'box'), '127.0.0.1\tlocalhost\n127.0.1.1\tbox\n::1\tlocalhost ip6-localhost ip6-loopback\n');
  equal(renderHosts('127.0.0.1 localhost\n10.0.0.1 nas\n127.0.1.1 old\n# end\n', 'new'), '127.0.0.1 localhost\n10.0.0.1 nas\n127.0.1.1\tnew\n# end\n');
  equal(renderHosts('10.0.0.1 nas', 'new'), '10.0.0.1 nas\n127.0.1.1\tnew\n');
});
