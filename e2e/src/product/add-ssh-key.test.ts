import { equal, test } from '@drover/testing';
import { addSshKey } from './add-ssh-key.ts';

const CASES: readonly (readonly [string, string, string | undefined])[] = [
  ['no list yet', '#cloud-config\nhostname: a', '#cloud-config\nhostname: a\nssh_authorized_keys:\n  - KEY one\n'],
  ['a list', '#cloud-config\nssh_authorized_keys:\n  - ssh-rsa A\nhostname: a\n', '#cloud-config\nssh_authorized_keys:\n  - KEY one\n  - ssh-rsa A\nhostname: a\n'],
  ['a list that is not indented', '#cloud-config\nssh_authorized_keys: # mine\n\n- ssh-rsa A\n', '#cloud-config\nssh_authorized_keys: # mine\n\n- KEY one\n- ssh-rsa A\n'],
  ['a list in brackets', '#cloud-config\nssh_authorized_keys: ["ssh-rsa A"]\n', '#cloud-config\nssh_authorized_keys: ["KEY one", "ssh-rsa A"]\n'],
  ['an empty list', '#cloud-config\nssh_authorized_keys: []\n', '#cloud-config\nssh_authorized_keys: ["KEY one"]\n'],
  ['a script', '#!/bin/sh\necho\n', undefined],
];

for (const [what, text, expected] of CASES) {
  test(`an ssh key is added to a cloud-config with ${what}`, () => equal(addSshKey(text, 'KEY one'), expected));
}
