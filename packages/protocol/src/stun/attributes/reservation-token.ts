import type { AttributeCodec } from '../attribute.ts';

export const RESERVATION_TOKEN_LENGTH = 8;

/** Names a relayed transport address that is held in reserve (RFC 8656 §18.9). */
export const ReservationToken: AttributeCodec<Uint8Array> = {
  type: 0x0022,
  name: 'RESERVATION-TOKEN',
  decode: (value) => (value.length === RESERVATION_TOKEN_LENGTH ? value : undefined),
  encode: (token) => token,
};
