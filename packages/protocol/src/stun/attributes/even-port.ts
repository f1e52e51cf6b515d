import type { AttributeCodec } from '../attribute.ts';

export interface EvenPortValue {
  /** The R bit: also reserve the next higher port, for the RTCP that belongs to this RTP. */
  readonly reserveNext: boolean;
}

/** Asks for a relayed transport address with an even port (RFC 8656 §18.8); one byte, of which the first bit counts. */
export const EvenPort: AttributeCodec<EvenPortValue> = {
  type: 0x0018,
  name: 'EVEN-PORT',
  decode: (value) => (value.length === 1 ? { reserveNext: ((value[0] ?? 0) & 0x80) !== 0 } : undefined),
  encode: ({ reserveNext }) => Uint8Array.of(reserveNext ? 0x80 : 0),
};
