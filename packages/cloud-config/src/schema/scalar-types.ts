// The types that are one piece of text, and what makes a value of each wrong or doubtful. RancherOS goes by the text
// whether it is quoted or not: "true" is a boolean, 1 is a string.

import { quoteText } from '@drover/core';
import { parseBoolean, parseInteger } from '@drover/yaml';

export interface Complaint {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

export interface ScalarType<T> {
  readonly is: 'scalar';
  /** As messages and the reference page name it. */
  readonly name: string;
  /** Undefined when the text is not of this type. */
  read(text: string): T | undefined;
  /** About text that is of the type; an error drops the value, a warning keeps it. */
  examine?(text: string): Complaint | undefined;
  readonly hint?: string;
  /** Text of blanks only is the same as null. */
  readonly emptyIsNull?: true;
}

export interface ScalarValues {
  readonly string: string;
  readonly boolean: boolean;
  readonly integer: number;
  readonly 'host name': string;
  readonly 'ssh key': string;
  readonly device: string;
  readonly 'device path': string;
  readonly terminal: string;
  readonly port: number;
  readonly permissions: string;
  readonly encoding: string;
  readonly 'way to log in': string;
  readonly 'upgrade policy': string;
}

/** Of the content of a file: base64, gzip, or the second in the first. */
export const ENCODINGS: readonly string[] = ['', 'b64', 'base64', 'gz', 'gzip', 'gz+b64', 'gz+base64', 'gzip+b64', 'gzip+base64'];
export const WAYS_TO_LOG_IN: readonly string[] = ['password', 'autologin'];
export const UPGRADE_POLICIES: readonly string[] = ['none', 'download', 'auto'];

export const SCALAR_TYPES: { readonly [K in keyof ScalarValues]: ScalarType<ScalarValues[K]> } = {
  string: { is: 'scalar', name: 'a string', read: (text) => text },
  boolean: { is: 'scalar', name: 'true or false', read: parseBoolean },
  integer: { is: 'scalar', name: 'a whole number', read: parseInteger },
  'host name': { is: 'scalar', name: 'a host name', read: (text) => text.trim(), examine: examineHostName, emptyIsNull: true },
  'ssh key': { is: 'scalar', name: 'an SSH public key', read: (text) => text.trim(), examine: examineSshKey, hint: 'write the line of the .pub file' },
  device: { is: 'scalar', name: 'a device', read: (text) => text.trim(), examine: examineDevice },
  'device path': { is: 'scalar', name: 'the path of a device', read: (text) => text.trim(), examine: examineDevicePath, hint: 'write a path such as /dev/vda' },
  terminal: { is: 'scalar', name: 'the name of a terminal', read: (text) => text.trim().replace(/^\/dev\//, ''), examine: examineTerminal, hint: 'write a name such as tty1 or ttyS0' },
  port: { is: 'scalar', name: 'the number of a port', read: parseInteger, examine: examinePort },
  permissions: { is: 'scalar', name: 'permissions in octal', read: (text) => text.trim(), examine: examinePermissions, hint: "write them as '0644'" },
  encoding: choice('an encoding', ENCODINGS),
  'way to log in': choice('a way to log in', WAYS_TO_LOG_IN),
  'upgrade policy': choice('a policy', UPGRADE_POLICIES),
};

function choice(name: string, values: readonly string[]): ScalarType<string> {
  const examine = (text: string): Complaint | undefined => {
    if (values.includes(text.trim())) return undefined;
    return { severity: 'error', message: `${quoteText(text)} is not ${name}`, hint: `write ${values.filter((one) => one !== '').join(', ').replace(/, ([^,]*)$/, ' or $1')}` };
  };
  return { is: 'scalar', name, read: (text) => text.trim(), examine };
}

function examinePort(text: string): Complaint | undefined {
  const port = parseInteger(text)!;
  return port >= 1 && port <= 65535 ? undefined : { severity: 'error', message: `${port} is not the number of a port`, hint: 'write a number from 1 to 65535' };
}

/** Three digits, with or without a fourth for the set-user-id bit and its kin, with or without a leading 0. */
function examinePermissions(text: string): Complaint | undefined {
  if (/^0?[0-7]{3,4}$/.test(text.trim())) return undefined;
  return { severity: 'error', message: `${quoteText(text)} are not permissions in octal`, hint: "write them as '0644'" };
}

/** The kernel takes no longer one (HOST_NAME_MAX). */
export const HOST_NAME_LIMIT = 64;

/** RFC 1123, section 2.1; an underscore is only doubtful, because many networks have it. */
export function examineHostName(text: string): Complaint | undefined {
  const name = text.trim();
  if (name === '') return { severity: 'error', message: 'the host name is empty' };
  const bad = /[^A-Za-z0-9._-]/.exec(name);
  if (bad !== null) {
    return { severity: 'error', message: `a host name cannot contain ${quoteText(bad[0])}`, hint: 'use letters, digits and hyphens, with dots between labels' };
  }
  if (name.length > HOST_NAME_LIMIT) {
    return { severity: 'error', message: `the host name has ${name.length} characters, and the kernel takes ${HOST_NAME_LIMIT}`, hint: 'leave out the domain' };
  }
  for (const label of name.replace(/\.$/, '').split('.')) {
    if (label === '') return { severity: 'error', message: 'the host name has an empty label', hint: 'write one dot between labels' };
    if (label.length > 63) return { severity: 'error', message: `a label of the host name has ${label.length} characters, and 63 is the limit` };
    if (label.startsWith('-') || label.endsWith('-')) return { severity: 'error', message: `a label of a host name cannot begin or end with a hyphen: ${quoteText(label)}` };
  }
  if (name.includes('_')) return { severity: 'warning', message: 'an underscore is not allowed in a host name, and some programs refuse it', hint: 'use a hyphen' };
  return undefined;
}

const KEY_TYPES: readonly string[] = [
  'ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com',
  'ssh-ed25519-cert-v01@openssh.com', 'ssh-rsa-cert-v01@openssh.com', 'ecdsa-sha2-nistp256-cert-v01@openssh.com',
];
const KEY_PATTERN = /(?:^|\s)((?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+)\s+([A-Za-z0-9+/=]+)(?:\s|$)/;

/** One line of authorized_keys (sshd(8)): options, type, base64, comment. Only a doubtful one: sshd decides. */
export function examineSshKey(text: string): Complaint | undefined {
  const line = text.trim();
  if (line.startsWith('-----BEGIN')) {
    return { severity: 'error', message: 'this is the private half of a key, or a key in another format', hint: 'write the line of the .pub file' };
  }
  if (/[\r\n\0]/.test(line)) return { severity: 'error', message: 'a key must stand on one line', hint: 'give each key an item of its own' };
  const match = KEY_PATTERN.exec(line);
  const type = match?.[1];
  if (type === 'ssh-dss') return { severity: 'warning', message: 'DSA keys are refused by today\'s SSH servers', hint: 'make a new key with ssh-keygen -t ed25519' };
  if (type === undefined || match === null) {
    return { severity: 'warning', message: `this does not look like an SSH public key: ${quoteText(line)}`, hint: 'write the line of the .pub file: type, key, comment' };
  }
  if (!KEY_TYPES.includes(type)) return { severity: 'warning', message: `${type} is not a type of key that the SSH server knows`, hint: 'make a new key with ssh-keygen -t ed25519' };
  // The base64 text begins with the length and the name of the type again.
  if (!match[2]!.startsWith('AAAA') || match[2]!.length < 68) return { severity: 'warning', message: 'the key looks cut off', hint: 'copy the whole line of the .pub file' };
  return undefined;
}

const DEVICE_TAGS = /^(LABEL|UUID|PARTLABEL|PARTUUID)=./;

function examineDevice(text: string): Complaint | undefined {
  const device = text.trim();
  if (device === '' || device.startsWith('/dev/') || DEVICE_TAGS.test(device)) return undefined;
  const tag = /^(label|uuid|partlabel|partuuid)[=:](.*)$/i.exec(device);
  const hint = tag === null ? 'write /dev/NAME, LABEL=NAME or UUID=ID' : `did you mean ${tag[1]!.toUpperCase()}=${tag[2]!}?`;
  return { severity: 'warning', message: `${quoteText(device)} names no device`, hint };
}

function examineDevicePath(text: string): Complaint | undefined {
  const path = text.trim();
  if (/^\/dev\/[^\s]+$/.test(path) && !/(^|\/)\.\.?(\/|$)/.test(path)) return undefined;
  return { severity: 'error', message: `${quoteText(path)} is not the path of a device`, hint: /^\w+$/.test(path) ? `did you mean /dev/${path}?` : 'write a path such as /dev/vda' };
}

function examineTerminal(text: string): Complaint | undefined {
  if (/^(\/dev\/)?(tty[A-Za-z0-9]*|hvc[0-9]+|console|xvc[0-9]+|ttysclp0|sclp_line0)$/.test(text.trim())) return undefined;
  return { severity: 'error', message: `${quoteText(text)} is not the name of a terminal`, hint: 'write a name such as tty1 or ttyS0' };
}
