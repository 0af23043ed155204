import { equal, test } from '@drover/testing';
import { hasErrors, renderProblem } from './problems.ts';
import type { Problem } from './problems.ts';

const problem: Problem = {
  code: 'wrong-type',
  severity: 'error',
  message: 'expected a string, got a list',
  source: '/var/lib/rancher/conf/cloud-config.yml',
  line: 3,
  column: 11,
  key: 'hostname',
  hint: 'write hostname: NAME',
};

test('a problem prints its place, its key and its hint', () => {
  equal(
    renderProblem(problem),
    '/var/lib/rancher/conf/cloud-config.yml:3:11: error: expected a string, got a list (hostname)\n  hint: write hostname: NAME',
  );
});

test('a problem without a position prints only where it came from', () => {
  equal(
    renderProblem({ code: 'x', severity: 'warning', message: 'unknown key foo', source: 'kernel command line', key: 'foo' }),
    'kernel command line: warning: unknown key foo',
  );
});

test('a key that a stranger chose is cut, and cannot act on a terminal', () => {
  equal(renderProblem({ ...problem, key: 'a\u001b[2J\n', hint: 'x\u0007' }), '/var/lib/rancher/conf/cloud-config.yml:3:11: error: expected a string, got a list (a\\x1b[2J\\n)\n  hint: x\\x07');
  const long = 'k'.repeat(500);
  for (const key of [long, '\u007f'.repeat(500)]) equal(renderProblem({ ...problem, message: `unknown key ${key}`, key }).length < 700, true);
});

test('warnings alone are not errors', () => {
  equal(hasErrors([{ ...problem, severity: 'warning' }]), false);
  equal(hasErrors([problem]), true);
});
