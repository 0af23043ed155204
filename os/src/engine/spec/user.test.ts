import { equal, rejects, test } from '@drover/testing';
import { resolveUser } from './user.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nbroken line\nrancher:x:1100:1100::/home/rancher:/bin/bash\n1000:x:77:78::/odd:\n';
const GROUP = 'root:x:0:\nwheel:x:10:root,rancher\ndocker:x:1101:rancher\nrancher:x:1100:\n';

test('a user is found by name or number, with its groups, as moby does it', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['', [], '0:0 [0 10] /root'],
    ['root', [], '0:0 [0 10] /root'],
    ['rancher', [], '1100:1100 [1100 10 1101] /home/rancher'],
    ['1100', [], '1100:1100 [1100 10 1101] /home/rancher'],
    ['rancher:wheel', [], '1100:10 [10] /home/rancher'],
    ['rancher:5', ['docker', '7'], '1100:5 [5 1101 7] /home/rancher'],
    ['4711', [], '4711:0 [0] /'],
    ['4711:4712', [], '4711:4712 [4712] /'],
    ['1000', [], '77:78 [78] /odd'],
  ];
  for (const [wanted, extra, expected] of cases) {
    const { uid, gid, groups, home } = resolveUser(wanted, extra, PASSWD, GROUP);
    equal(`${uid}:${gid} [${groups.join(' ')}] ${home}`, expected);
  }
});

test('a user or group that is not there is refused, without a passwd file numbers still work', async () => {
  equal((await rejects(() => resolveUser('nobody', [], PASSWD, GROUP), 'invalid-parameter')).message, 'unable to find user nobody: no matching entries in passwd file');
  equal((await rejects(() => resolveUser('root:nogroup', [], PASSWD, GROUP), 'invalid-parameter')).message, 'unable to find group nogroup: no matching entries in group file');
  await rejects(() => resolveUser('99999999999', [], PASSWD, GROUP), 'invalid-parameter');
  equal(resolveUser('', [], '', '').uid, 0);
  equal(resolveUser('5:6', [], '', '').gid, 6);
});
