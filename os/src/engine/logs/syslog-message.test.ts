import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { LogOptions, SyslogSender } from './syslog-message.ts';
import { checkSyslogOptions, parseSyslogAddress, renderSyslogMessage } from './syslog-message.ts';

const TIME = '2026-11-02T03:04:05.123456789';

function render(options: LogOptions, isLocal: boolean = false, stream: 'stdout' | 'stderr' = 'stdout'): string {
  const sender: SyslogSender = { options, isLocal, hostName: 'box', pid: 7, container: { id: 'abcdef123456'.padEnd(64, '0'), name: 'web', imageId: `sha256:${'1'.repeat(64)}`, imageName: 'a/b:1' } };
  return renderSyslogMessage(sender, stream, TIME, 'hello: you');
}

test('messages have the forms that Docker gives them: for the machine itself, of RFC 3164 and of RFC 5424', () => {
  equal(render({}, true), '<30>Nov  2 03:04:05 abcdef123456[7]: hello: you');
  equal(render({}, true, 'stderr'), '<27>Nov  2 03:04:05 abcdef123456[7]: hello: you');
  equal(render({ 'syslog-facility': 'local7' }), '<190>Nov  2 03:04:05 box abcdef123456[7]: hello: you');
  equal(render({ 'syslog-format': 'rfc3164', 'syslog-facility': '1' }, true), '<14>Nov  2 03:04:05 box abcdef123456[7]: hello: you');
  equal(render({ 'syslog-format': 'rfc5424', 'tag': 'x' }), '<30>1 2026-11-02T03:04:05Z box x 7 x - hello: you');
  equal(render({ 'syslog-format': 'rfc5424micro', 'tag': 'x' }), '<30>1 2026-11-02T03:04:05.123456Z box x 7 x - hello: you');
  equal(render({ tag: '{{.Name}}/{{ .ImageName }}/{{.ImageID}}/{{.DaemonName}}' }, true), '<30>Nov  2 03:04:05 web/a/b:1/111111111111/system-docker[7]: hello: you');
});

test('the address of a server is a socket of this machine, or a host by UDP or TCP', () => {
  deepEqual(['', 'unix:///s', 'unixgram:///s', 'udp://h', 'tcp://h:601', 'udp://[fd00::1]:9'].map(parseSyslogAddress), [
    { unix: '/dev/log' }, { unix: '/s' }, { unix: '/s' }, { kind: 'udp', host: 'h', port: 514 }, { kind: 'tcp', host: 'h', port: 601 }, { kind: 'udp', host: 'fd00::1', port: 9 },
  ]);
});

test('options that no syslog server is reached by are refused', async () => {
  const bad: readonly LogOptions[] = [{ 'syslog-address': 'h:514' }, { 'syslog-address': 'tcp+tls://h:1' }, { 'syslog-facility': 'x' }, { 'syslog-facility': '24' }, { 'syslog-format': 'x' }, { 'syslog-tls-key': 'x' }, { odd: 'x' }];
  for (const options of bad) await rejects(() => checkSyslogOptions(options), 'invalid-parameter');
  equal((await rejects(() => checkSyslogOptions({ odd: 'x' }))).message, "unknown log opt 'odd' for syslog log driver");
  checkSyslogOptions({ 'syslog-address': 'udp://h', 'syslog-facility': 'local0', 'tag': 'x', 'max-size': '1m' });
});
