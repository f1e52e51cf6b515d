import type { AttributeCodec } from '../attribute.ts';

/** Asks for a second relayed transport address, of this family (RFC 8656 §18.12). Values other than IPv6 are a 400. */
export const AdditionalAddressFamily: AttributeCodec<number> = {
  type: 0x8000,
  name: 'ADDITIONAL-ADDRESS-FAMILY',
  decode: (value) => (value.length === 4 ? value[0] : undefined),
  encode: (family) => Uint8Array.of(family, 0, 0, 0),
};
