import type { AttributeCodec } from '../attribute.ts';

/** The length of a whole HMAC-SHA256 value. TURN does not say that it may be cut, so only this one holds (RFC 8489 §14.6). */
export const MESSAGE_INTEGRITY_SHA256_LENGTH = 32;

/** HMAC-SHA256 over everything before it (RFC 8489 §14.6): 16-32 bytes in steps of 4. Computed and checked in `integrity.ts`. */
export const MessageIntegritySha256: AttributeCodec<Uint8Array> = {
  type: 0x001c,
  name: 'MESSAGE-INTEGRITY-SHA256',
  decode: (value) => (value.length >= 16 && value.length <= 32 && value.length % 4 === 0 ? value : undefined),
  encode: (value) => value,
};
