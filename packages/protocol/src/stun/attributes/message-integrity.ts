import type { AttributeCodec } from '../attribute.ts';

/** The length of an HMAC-SHA1 value. */
export const MESSAGE_INTEGRITY_LENGTH = 20;

/** HMAC-SHA1 over everything before it (RFC 8489 §14.5). Computed and checked in `integrity.ts`. */
export const MessageIntegrity: AttributeCodec<Uint8Array> = {
  type: 0x0008,
  name: 'MESSAGE-INTEGRITY',
  decode: (value) => (value.length === MESSAGE_INTEGRITY_LENGTH ? value : undefined),
  encode: (value) => value,
};
