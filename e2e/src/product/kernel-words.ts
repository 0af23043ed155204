// Kernel words that the product gets when no boot loader gives them.

export const CONSOLES: readonly string[] = ['console=tty1', 'console=ttyS0', 'printk.devkmsg=on'];
export const STATE: readonly string[] = ['rancher.state.dev=LABEL=RANCHER_STATE', 'rancher.state.autoformat=[/dev/sda,/dev/vda]'];
export const AUTOLOGIN: readonly string[] = ['rancher.autologin=ttyS0'];
