import type { AttributeCodec } from '../attribute.ts';

/** Application data in Send and Data indications (RFC 8656 §18.4): the payload of one UDP datagram, which may be empty. */
export const Data: AttributeCodec<Uint8Array> = {
  type: 0x0013,
  name: 'DATA',
  decode: (value) => value,
  encode: (value) => value,
};
