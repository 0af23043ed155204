// What can be asked for by name; `all` makes TARGET_NAMES in this order.

export const TARGET_NAMES = ['ros-test', 'ros', 'kernel', 'initrd', 'rootfs', 'iso'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** Only for tests. */
export const SANITIZED = 'ros-test-sanitized';

export const PRODUCT_NAMES: readonly string[] = [...TARGET_NAMES, SANITIZED, 'all'];
