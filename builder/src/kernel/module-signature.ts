// Debian signs its modules. Without Secure Boot the signature protects nothing (who can change a module can change the
// kernel beside it), and checking one costs 43 million instructions: a boot loads 44 modules, and a sixth of all that
// its kernel does was checking them. An unsigned module is loaded with the taint flag E and one line in dmesg.
// Source: include/linux/module_signature.h: content, signature, 12 bytes that end in the signature's length, MAGIC.

const MAGIC = Buffer.from('~Module signature appended~\n');
const TRAILER_BYTES = 12;

/** The module without its signature; the same buffer when it has none. */
export function withoutSignature(module: Buffer): Buffer {
  const end = module.length - MAGIC.length - TRAILER_BYTES;
  if (end < 0 || !module.subarray(module.length - MAGIC.length).equals(MAGIC)) return module;
  return module.subarray(0, end - module.readUInt32BE(end + TRAILER_BYTES - 4));
}
