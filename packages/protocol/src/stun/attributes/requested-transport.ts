import type { AttributeCodec } from '../attribute.ts';

/** The protocol numbers of an IP header. RFC 8656 allocates UDP alone, RFC 6062 TCP as well. */
export const TRANSPORT_UDP = 17;
export const TRANSPORT_TCP = 6;

/** The protocol between relay and peer, as an IP protocol number (RFC 8656 §18.7); three reserved bytes follow it. */
export const RequestedTransport: AttributeCodec<number> = {
  type: 0x0019,
  name: 'REQUESTED-TRANSPORT',
  decode: (value) => (value.length === 4 ? value[0] : undefined),
  encode: (protocol) => Uint8Array.of(protocol, 0, 0, 0),
};
