import type { AttributeCodec } from '../attribute.ts';

/** Empty: the client asks for mobility. Otherwise an opaque ticket that names its allocation (RFC 8016 §4.1). */
export const MobilityTicket: AttributeCodec<Uint8Array> = {
  type: 0x8030,
  name: 'MOBILITY-TICKET',
  decode: (value) => value,
  encode: (value) => value,
};
