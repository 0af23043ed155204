// Places with user-data and nothing else.

import type { ReadSource } from '../datasource.ts';

export const readUrl: ReadSource = async ({ get }, url) => {
  const userData = await get(url);
  return userData === undefined ? undefined : { source: url, userData };
};

/** `cloud-config-url=URL` among the kernel words; the last one counts, empty ones do not. */
export const readCmdline: ReadSource = async (context) => {
  const url = context.kernelWords.flatMap((word) => /^cloud[-_]config[-_]url=(.+)$/.exec(word)?.[1] ?? []).at(-1);
  return url === undefined ? undefined : readUrl(context, url);
};

export const readTftp: ReadSource = async ({ getTftp }, address) => ({ source: `tftp://${address}`, userData: await getTftp(address) });
