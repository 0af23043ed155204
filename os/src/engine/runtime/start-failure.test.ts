import { FakeFiles } from '@drover/host';
import { equal, test } from '@drover/testing';
import { explainStartFailure, findProgramPlace } from './start-failure.ts';

test("crun's reasons for not starting become the words and exit codes of docker", () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['executable file `nosuch` not found in $PATH: No such file or directory\n', 'nosuch', 127, 'exec: "nosuch": executable file not found in $PATH'],
    ['executable file `/no/such` not found: No such file or directory', '/no/such', 127, 'exec: "/no/such": stat /no/such: no such file or directory'],
    ['open executable: Permission denied', '/etc/passwd', 126, 'exec: "/etc/passwd": permission denied'],
    ['exec container process `/x`: Exec format error', '/x', 128, 'exec /x: exec format error'],
    ['exec container process (missing dynamic library?) `/x`: No such file or directory', '/x', 127, 'exec /x: no such file or directory'],
    ['mount `/a` to `/b`: Invalid argument\nmore', 'sh', 128, 'mount `/a` to `/b`: Invalid argument; more'],
  ];
  for (const [crun, program, exitCode, message] of cases) {
    const failure = explainStartFailure(crun, program, 'nothing');
    equal(`${failure.exitCode} ${failure.message}`, `${exitCode} ${message}`);
  }
});

test('a file mounted on a folder is explained', () => {
  const failure = explainStartFailure('mount `/a` to `b`: Not a directory', 'sh', 'nothing');
  equal(failure.isUsersMistake, true);
  equal(failure.message.endsWith('Check if the specified host path exists and is the expected type'), true);
});

test('a program that is a folder or not executable is told from one that is missing', () => {
  const files = new FakeFiles({ '/r/bin/sh': '', '/r/etc/passwd': '' });
  files.changeMode('/r/bin/sh', 0o755);
  const explain = (program: string): string => {
    const { exitCode, message } = explainStartFailure(`executable file \`${program}\` not found`, program, findProgramPlace(files, '/r', program));
    return `${exitCode} ${message}`;
  };
  equal(explain('/etc'), '126 exec: "/etc": is a directory');
  equal(explain('/etc/passwd'), '126 exec: "/etc/passwd": permission denied');
  equal(explain('/none'), '127 exec: "/none": stat /none: no such file or directory');
  equal(explain('sh'), '127 exec: "sh": executable file not found in $PATH');
});
