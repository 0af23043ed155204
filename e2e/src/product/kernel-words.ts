// Kernel words that the product gets when no boot loader gives them.

export const CONSOLES: readonly string[] = ['console=tty1', 'console=ttyS0', 'printk.devkmsg=on'];
export const STATE: readonly string[] = ['rancher.state.dev=LABEL=RANCHER_STATE', 'rancher.state.autoformat=[/dev/sda,/dev/vda]'];
/** As on the ISO: what the kernel has to say in passing is for dmesg, the console is for the boot's own log. */
export const QUIET: readonly string[] = ['loglevel=4'];
/**
 * Without it each start of a program puts its code at other addresses, and the emulator translates all of it anew: three
 * quarters of what a start costs. On a real processor random addresses are free.
 */
export const EMULATED: readonly string[] = ['norandmaps'];
export const AUTOLOGIN: readonly string[] = ['rancher.autologin=ttyS0'];
