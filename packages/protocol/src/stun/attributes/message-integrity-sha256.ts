import type { AttributeCodec } from '../attribute.ts';

/**
 * HMAC-SHA256 over everything before it, cut to 16-32 bytes in steps of 4 (RFC 8489 §14.6).
 *
 * Read so that the rules about what may follow it hold; the server does not offer password algorithms, and a client
 * uses this attribute only after such an offer.
 */
export const MessageIntegritySha256: AttributeCodec<Uint8Array> = {
  type: 0x001c,
  name: 'MESSAGE-INTEGRITY-SHA256',
  decode: (value) => (value.length >= 16 && value.length <= 32 && value.length % 4 === 0 ? value : undefined),
  encode: (value) => value,
};
