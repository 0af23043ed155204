// What can be asked for by name, in the order in which `all` makes it.

export const TARGET_NAMES = ['ros-test', 'ros', 'kernel', 'initrd', 'rootfs', 'iso'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

export const PRODUCT_NAMES: readonly string[] = [...TARGET_NAMES, 'all'];
