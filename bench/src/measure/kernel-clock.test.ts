import { equal, rejects, test } from '@drover/testing';
import { parseApiTime } from './kernel-clock.ts';

const AT = Date.UTC(2026, 10, 22, 3, 33, 35) / 1000;

test('the time at which dockerd answers is read from its logfmt', () => {
  equal(parseApiTime('x\ntime="2026-11-22T03:33:35.5Z" level=info msg="API listen on /var/run/docker.sock"\n'), AT + 0.5);
});

test('the time at which dockerd answers is read from its terminal format', () => {
  equal(parseApiTime('INFO[2026-11-22T03:33:35.25+00:00] API listen on /var/run/docker.sock   \n'), AT + 0.25);
});

test('of several starts of dockerd, the last one counts', () => {
  const line = (second: string): string => `time="2026-11-22T03:33:${second}Z" level=info msg="API listen on /run/docker.sock"\n`;
  equal(parseApiTime(line('01') + line('35')), AT);
});

test('a log without that line is an error', async () => {
  await rejects(() => parseApiTime('nothing'), 'bench');
});
