// Kernel words that every way of booting the product shares: the ISO's menu, `./dev run`, the scenarios.

/**
 * Both consoles, all of the boot's log, and no tests of the kernel's own cryptography at each boot: those take 1.4
 * thousand million instructions, for FIPS 140.
 */
export const ALWAYS: readonly string[] = ['console=tty1', 'console=ttyS0', 'printk.devkmsg=on', 'cryptomgr.notests'];
/** What the kernel has to say in passing is for dmesg; the console is for the boot's own log. */
export const QUIET: readonly string[] = ['loglevel=4'];
/** State on a disk labelled RANCHER_STATE, made on a disk that is empty. */
export const STATE: readonly string[] = ['rancher.state.dev=LABEL=RANCHER_STATE', 'rancher.state.autoformat=[/dev/sda,/dev/vda]'];
