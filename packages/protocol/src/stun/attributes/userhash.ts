import type { AttributeCodec } from '../attribute.ts';

/**
 * SHA-256 of username and realm in place of the username (RFC 8489 §14.4).
 *
 * Not among the attributes that are understood: our usernames carry what a hash of them cannot give back, so the
 * server does not offer it (`docs/decisions`). Our client uses it with servers that do.
 */
export const Userhash: AttributeCodec<Uint8Array> = {
  type: 0x001e,
  name: 'USERHASH',
  decode: (value) => (value.length === 32 ? value : undefined),
  encode: (value) => value,
};
