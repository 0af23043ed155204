/** A build context that is no folder: a URL, a git repository, or another service's image. */
export function isRemoteContext(context: string): boolean {
  return context.includes('://') || context.startsWith('service:') || /^(github\.com\/|git@)/.test(context);
}
