// UTF-8 through the platform's own codec: Node's global, or the C one that host-quickjs installs under the same name.

interface Codec {
  TextEncoder: new () => { encode(text: string): Uint8Array };
  TextDecoder: new () => { decode(bytes: Uint8Array): string };
}

const platform = globalThis as unknown as Codec;

export function encodeUtf8(text: string): Uint8Array {
  return new platform.TextEncoder().encode(text);
}

/** Invalid sequences become U+FFFD; a byte order mark at the start is dropped. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new platform.TextDecoder().decode(bytes);
}
