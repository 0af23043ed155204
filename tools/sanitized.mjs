// How the test binary with the sanitizers is started: it is linked with the toolchain's libraries, on a machine that may
// have older ones.
import { join } from 'node:path';

/** The words before the program. */
export function startSanitized(root) {
  const toolchain = join(root, '.cache/native/toolchain');
  const [multiarch, loader] = process.arch === 'arm64' ? ['aarch64-linux-gnu', 'ld-linux-aarch64.so.1'] : ['x86_64-linux-gnu', 'ld-linux-x86-64.so.2'];
  // Leaks are not looked for: a program that ends leaves its heap to the kernel.
  return ['env', 'ASAN_OPTIONS=detect_leaks=0', 'UBSAN_OPTIONS=print_stacktrace=1', join(toolchain, 'usr/lib', multiarch, loader), '--library-path', join(toolchain, 'usr/lib', multiarch)];
}
