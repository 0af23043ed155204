// Set by the build (esbuild's define); "dev" in unit tests.

declare const ROS_VERSION: string | undefined;

export const VERSION: string = typeof ROS_VERSION === 'string' ? ROS_VERSION : 'dev';
