// Who a process runs as: `name|uid[:group|gid]` looked up in the container's own /etc/passwd and /etc/group.

import { apiError } from '../api-error.ts';

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const HIGHEST_ID = 2 ** 31 - 1;

/** Throws `invalid-parameter` with moby's words for a user or group that is not there. */
export function resolveUser(wanted: string, extraGroups: readonly string[], passwdText: string, groupText: string): ProcessUser {
  const [userPart = '', groupPart] = wanted.split(':');
  const passwd = parsePasswd(passwdText);
  const groups = parseGroups(groupText);
  const number = parseId(userPart);
  const entry = passwd.find((one) => (userPart === '' ? one.uid === 0 : one.name === userPart)) ?? passwd.find((one) => one.uid === number);
  if (entry === undefined && userPart !== '' && number === undefined) throw apiError('invalid-parameter', `unable to find user ${userPart}: no matching entries in passwd file`);
  const uid = entry?.uid ?? number ?? 0;
  const gid = groupPart === undefined || groupPart === '' ? (entry?.gid ?? 0) : resolveGroup(groupPart, groups);
  // A group that was named explicitly replaces the user's others, as in moby.
  const own = groupPart === undefined && entry !== undefined ? groups.filter((one) => one.members.includes(entry.name)).map((one) => one.gid) : [];
  const extra = extraGroups.map((name) => resolveGroup(name, groups));
  return { uid, gid, groups: [...new Set([gid, ...own, ...extra])], home: entry?.home ?? '/' };
}

function resolveGroup(name: string, groups: readonly GroupEntry[]): number {
  const gid = groups.find((one) => one.name === name)?.gid ?? parseId(name);
  if (gid === undefined) throw apiError('invalid-parameter', `unable to find group ${name}: no matching entries in group file`);
  return gid;
}

function parseId(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= HIGHEST_ID ? Number(text) : undefined;
}

function parsePasswd(text: string): PasswdEntry[] {
  return rows(text).flatMap(([name, , uid, gid, , home]) => (name && uid && gid && /^\d+$/.test(uid) && /^\d+$/.test(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home: home ?? '/' }] : []));
}

function parseGroups(text: string): GroupEntry[] {
  return rows(text).flatMap(([name, , gid, members]) => (name && gid && /^\d+$/.test(gid) ? [{ name, gid: Number(gid), members: (members ?? '').split(',') }] : []));
}

function rows(text: string): string[][] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.trim().split(':'));
}
