// The log driver `syslog`: where its messages go and what they look like, by the options of docker run
// (https://docs.docker.com/engine/logging/drivers/syslog/). Pure.

import type { StreamName } from '@drover/docker-api';
import { apiError } from '../api-error.ts';

const FACILITIES = ['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'];
const LOCAL_FACILITY = 16;
const FACILITY_BITS = 8;
const SEVERITIES: Readonly<Record<StreamName, number>> = { stdin: 6, stdout: 6, stderr: 3 };
const FORMATS = ['', 'rfc3164', 'rfc5424', 'rfc5424micro'];
const OPTIONS = ['syslog-address', 'syslog-facility', 'syslog-format', 'tag', 'labels', 'labels-regex', 'env', 'env-regex', 'max-size', 'max-file', 'cache-disabled', 'cache-max-size', 'cache-max-file', 'cache-compress'];
const LOCAL_SOCKET = '/dev/log';
const SYSLOG_PORT = 514;

export type SyslogAddress = { readonly unix: string } | { readonly kind: 'udp' | 'tcp'; readonly host: string; readonly port: number };

export type LogOptions = Readonly<Record<string, string>>;

/** Throws `invalid-parameter`. */
export function checkSyslogOptions(options: LogOptions): void {
  const odd = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (odd !== undefined) throw apiError('invalid-parameter', odd.startsWith('syslog-tls-') ? `log opt '${odd}': System Docker sends no messages by TLS` : `unknown log opt '${odd}' for syslog log driver`);
  parseSyslogAddress(options['syslog-address'] ?? '');
  parseFacility(options['syslog-facility'] ?? '');
  if (!FORMATS.includes(options['syslog-format'] ?? '')) throw apiError('invalid-parameter', 'Invalid syslog format');
}

/** Throws `invalid-parameter`. */
export function parseSyslogAddress(text: string): SyslogAddress {
  if (text === '') return { unix: LOCAL_SOCKET };
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === 'unix' || scheme === 'unixgram') return { unix: rest };
  const [, bracketed, name, port] = /^(?:\[([0-9a-f:]+)\]|([^:/]+))(?::(\d{1,5}))?$/i.exec(rest) ?? [];
  const host = bracketed ?? name;
  if ((scheme !== 'udp' && scheme !== 'tcp') || host === undefined) throw apiError('invalid-parameter', `syslog-address should be in form proto://address, got ${text}: proto is unix, unixgram, udp or tcp`);
  return { kind: scheme, host, port: port === undefined ? SYSLOG_PORT : Number(port) };
}

function parseFacility(text: string): number {
  const local = /^local([0-7])$/.exec(text);
  const number = text === '' ? FACILITIES.indexOf('daemon') : local !== null ? LOCAL_FACILITY + Number(local[1]) : FACILITIES.includes(text) ? FACILITIES.indexOf(text) : Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 23) throw apiError('invalid-parameter', 'invalid syslog facility');
  return number;
}

export interface SyslogSender {
  readonly options: LogOptions;
  readonly isLocal: boolean;
  readonly hostName: string;
  readonly pid: number;
  readonly container: { readonly id: string; readonly name: string; readonly imageId: string; readonly imageName: string };
}

/** `time`: RFC 3339 in UTC with nanoseconds and without a zone, as it stands in the log. */
export function renderSyslogMessage(sender: SyslogSender, stream: StreamName, time: string, text: string): string {
  const { options, isLocal, hostName, pid } = sender;
  const priority = parseFacility(options['syslog-facility'] ?? '') * FACILITY_BITS + SEVERITIES[stream];
  const tag = renderTag(options['tag'] ?? '{{.ID}}', sender);
  const format = options['syslog-format'] ?? '';
  const stamp = renderStamp(time);
  if (format === 'rfc5424') return `<${priority}>1 ${time.slice(0, 19)}Z ${hostName} ${tag} ${pid} ${tag} - ${text}`;
  if (format === 'rfc5424micro') return `<${priority}>1 ${time.slice(0, 26)}Z ${hostName} ${tag} ${pid} ${tag} - ${text}`;
  return `<${priority}>${stamp} ${isLocal && format === '' ? '' : `${hostName} `}${tag}[${pid}]: ${text}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 3164: `Nov  2 03:04:05`. */
function renderStamp(time: string): string {
  return `${MONTHS[Number(time.slice(5, 7)) - 1]!} ${String(Number(time.slice(8, 10))).padStart(2)} ${time.slice(11, 19)}`;
}

/** The templates of `--log-opt tag` that name something of the container. */
function renderTag(template: string, { container }: SyslogSender): string {
  const hex = container.imageId.replace(/^sha256:/, '');
  const values: LogOptions = {
    ID: container.id.slice(0, 12), FullID: container.id, Name: container.name, ImageID: hex.slice(0, 12), ImageFullID: container.imageId, ImageName: container.imageName, DaemonName: 'system-docker',
  };
  return template.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (all, name: string) => values[name] ?? all);
}
