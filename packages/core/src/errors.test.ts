import { equal, test } from '@drover/testing';
import { codeOf, explain, explainWithHint, hintOf, messageOf, RosError } from './errors.ts';

test('an error explains itself together with its causes, without repeating them', () => {
  const kernel = Object.assign(new Error('mount: EINVAL'), { code: 'EINVAL' });
  const error = new RosError('state-mount', 'mounting /dev/vda at /state failed', { cause: kernel, hint: 'look at dmesg' });
  equal(explain(error), 'mounting /dev/vda at /state failed: mount: EINVAL');
  equal(explain(new RosError('x', 'outer: mount: EINVAL', { cause: kernel })), 'outer: mount: EINVAL');
  equal(hintOf(new RosError('outer', 'booting failed', { cause: error })), 'look at dmesg');
  equal(explainWithHint(error), 'mounting /dev/vda at /state failed: mount: EINVAL\n  hint: look at dmesg');
  equal(explainWithHint(new Error('plain')), 'plain');
});

test("the kernel's errors are put into words, those that nobody meets are left as they are", () => {
  const failed = (message: string, code: string): string => messageOf(Object.assign(new Error(message), { code }));
  equal(failed('open /etc/motd: ENOENT', 'ENOENT'), 'open /etc/motd: no such file or directory');
  equal(failed('mount: EINVAL', 'EINVAL'), 'mount: EINVAL');
  equal(failed('it says ENOENT', 'ENOENT'), 'it says ENOENT');
  equal(messageOf(new Error('plain: ENOENT')), 'plain: ENOENT');
  equal(messageOf(7), '7');
});

test('the code of an error is found for ours and for the kernel, and not invented', () => {
  equal(codeOf(new RosError('a-code', 'text')), 'a-code');
  equal(codeOf(Object.assign(new Error('x'), { code: 'ENOENT' })), 'ENOENT');
  equal(codeOf(new Error('x')), undefined);
  equal(codeOf('x'), undefined);
  equal(codeOf(null), undefined);
});
